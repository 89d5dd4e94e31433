/** The HTTP endpoint of {@code relay serve}, on Jetty: clients share its places by address. */
@NullMarked
package dev.flakerelay.local.http;

import org.jspecify.annotations.NullMarked;
