/** GitHub's REST API. */
@NullMarked
package dev.flakerelay.github;

import org.jspecify.annotations.NullMarked;
