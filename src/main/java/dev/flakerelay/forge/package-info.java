/** What forges tell and do beyond Git. */
@NullMarked
package dev.flakerelay.forge;

import org.jspecify.annotations.NullMarked;
