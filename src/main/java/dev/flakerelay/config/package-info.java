/** {@code relay.yaml}, parsed once into immutable types, and the secrets that it names. */
@NullMarked
package dev.flakerelay.config;

import org.jspecify.annotations.NullMarked;
