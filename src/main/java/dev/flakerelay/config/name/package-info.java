/** Names and addresses as relay.yaml has them, each parsed once. */
@NullMarked
package dev.flakerelay.config.name;

import org.jspecify.annotations.NullMarked;
