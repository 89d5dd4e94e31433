/** The address for whoever runs it: status page, metrics, readiness; never the public one. */
@NullMarked
package dev.flakerelay.local.admin;

import org.jspecify.annotations.NullMarked;
