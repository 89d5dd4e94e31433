/**
 * The words that every room speaks: a revision, a source's branch, and the two ways in which a job
 * can fail. Stands below all other packages and uses none of them.
 */
@NullMarked
package dev.flakerelay;

import org.jspecify.annotations.NullMarked;
