package dev.flakerelay.update.publish;

import dev.flakerelay.queue.Job;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;

/** Names the branches that pull requests come from. */
final class OwnBranch {
  private static final String FOLDER = "flake-relay/";
  private static final String USUAL_BRANCH = "main";
  private static final int LONGEST = 80;

  private OwnBranch() {}

  /**
   * The branch for some inputs of one flake: {@code flake-relay/INPUT}, several joined by {@code
   * +}. A flake in a folder or on another branch than {@code main}, and more inputs than a name can
   * hold, have 8 hex digits of a hash after a dot, which no input's name has. So the same inputs
   * always have the same branch, and no others have it.
   *
   * @param job says which flake
   * @param inputs in the order of the configuration
   */
  static String name(Job job, List<String> inputs) {
    String all = String.join("+", inputs);
    boolean usual = job.branch().equals(USUAL_BRANCH) && job.directory().equals(".");
    if (usual && all.length() <= LONGEST) {
      return FOLDER + all;
    }
    String exact = String.join("\0", job.branch(), job.directory(), all);
    String hash =
        UUID.nameUUIDFromBytes(exact.getBytes(StandardCharsets.UTF_8)).toString().substring(0, 8);
    return FOLDER + all.substring(0, Math.min(LONGEST, all.length())) + "." + hash;
  }
}
