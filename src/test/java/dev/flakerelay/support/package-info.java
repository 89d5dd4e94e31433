/** What tests of several packages need. */
@NullMarked
package dev.flakerelay.support;

import org.jspecify.annotations.NullMarked;
