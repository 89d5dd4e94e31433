package dev.flakerelay.local;

import dev.flakerelay.local.admin.AdminAddress;
import dev.flakerelay.local.admin.FormToken;
import dev.flakerelay.local.sqlite.Journal;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How a running service can be looked at.
 *
 * @param journal what became of jobs; closed with the service, or when it can't start
 * @param address of page and metrics; empty for none
 * @param token what the page's forms show
 * @param version of the program
 * @param config the configuration's file
 * @param data the data folder
 */
public record Observed(
    Journal journal,
    Optional<AdminAddress> address,
    FormToken token,
    String version,
    String config,
    Path data) {}
