package dev.flakerelay.local.admin;

import java.io.IOException;

/** The admin address can't be listened on. */
public final class AdminUnavailableException extends IOException {
  private static final long serialVersionUID = 1;

  AdminUnavailableException(AdminAddress address, IOException cause) {
    super(
        "could not listen on "
            + address
            + " for the status page: "
            + cause.getMessage()
            + ": name another with --admin",
        cause);
  }
}
