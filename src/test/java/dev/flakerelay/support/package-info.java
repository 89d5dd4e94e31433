/**
 * What the tests stand on: real Git repositories, servers that speak as the forges do, and the real
 * nix, each in a closed world of its own.
 */
@NullMarked
package dev.flakerelay.support;

import org.jspecify.annotations.NullMarked;
