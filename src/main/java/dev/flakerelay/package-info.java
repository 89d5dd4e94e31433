/**
 * What all rooms share: the words that they speak (a revision, a version, a source's branch, the
 * two ways in which a job can fail), the way out to the network (certificates and proxies), scratch
 * folders and the programs orphaned in them, and the log. Stands below all other packages and uses
 * none of them.
 */
@NullMarked
package dev.flakerelay;

import org.jspecify.annotations.NullMarked;
