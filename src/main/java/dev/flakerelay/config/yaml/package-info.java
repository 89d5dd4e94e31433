/**
 * YAML as sections, keys and values that know their place in the file, with every error at once.
 */
@NullMarked
package dev.flakerelay.config.yaml;

import org.jspecify.annotations.NullMarked;
