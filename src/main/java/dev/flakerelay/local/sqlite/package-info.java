/** The queue in an SQLite file. */
@NullMarked
package dev.flakerelay.local.sqlite;

import org.jspecify.annotations.NullMarked;
