/** Signatures of commits. */
@NullMarked
package dev.flakerelay.git.sign;

import org.jspecify.annotations.NullMarked;
