/** One Git repository: fetch, read, commit, push. */
@NullMarked
package dev.flakerelay.git;

import org.jspecify.annotations.NullMarked;
