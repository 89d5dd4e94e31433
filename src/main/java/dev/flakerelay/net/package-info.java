/** How connections leave this machine: proxies, certificates, addresses of the internet. */
@NullMarked
package dev.flakerelay.net;

import org.jspecify.annotations.NullMarked;
