/** Where the parts are put together. */
@NullMarked
package dev.flakerelay.app;

import org.jspecify.annotations.NullMarked;
