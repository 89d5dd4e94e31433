/** How outcomes, findings and commits are shown on a terminal. */
@NullMarked
package dev.flakerelay.cli.view;

import org.jspecify.annotations.NullMarked;
