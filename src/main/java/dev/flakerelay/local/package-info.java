/** The program on one machine: HTTP endpoint, SQLite queue, pump. */
@NullMarked
package dev.flakerelay.local;

import org.jspecify.annotations.NullMarked;
