/** The program as AWS Lambda functions. */
@NullMarked
package dev.flakerelay.lambda;

import org.jspecify.annotations.NullMarked;
