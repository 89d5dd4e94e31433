/** Who a workflow of GitHub Actions is, proven by the token that it was given. */
@NullMarked
package dev.flakerelay.oidc;

import org.jspecify.annotations.NullMarked;
