/** relay.yaml read: a reader for each group of its keys. */
@NullMarked
package dev.flakerelay.config.read;

import org.jspecify.annotations.NullMarked;
