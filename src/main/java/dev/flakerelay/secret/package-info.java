/**
 * References to secrets, and their values: from the environment, files, and AWS Secrets Manager.
 */
@NullMarked
package dev.flakerelay.secret;

import org.jspecify.annotations.NullMarked;
