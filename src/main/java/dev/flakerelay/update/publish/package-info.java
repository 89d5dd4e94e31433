/** How a proven lock reaches its repository: a direct push, or a pull request. */
@NullMarked
package dev.flakerelay.update.publish;

import org.jspecify.annotations.NullMarked;
