package dev.flakerelay.git;

import java.util.Set;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.lib.ConfigConstants;
import org.eclipse.jgit.storage.file.FileBasedConfig;
import org.eclipse.jgit.util.FS;
import org.eclipse.jgit.util.SystemReader;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the machine's and the user's Git configuration out: what a commit looks like and where it
 * is pushed must not depend on who runs the program.
 */
public final class GitSetup {
  private static final SystemReader ISOLATED = new Isolated(SystemReader.getInstance());

  private GitSetup() {}

  /** Does so for this process, from now on. */
  public static void apply() {
    if (SystemReader.getInstance() != ISOLATED) {
      SystemReader.setInstance(ISOLATED);
    }
  }

  private static final class Isolated extends SystemReader.Delegate {
    Isolated(SystemReader real) {
      super(real);
    }

    @Override
    public FileBasedConfig openUserConfig(Config parent, FS fs) {
      return new NoConfig(parent, fs);
    }

    @Override
    public FileBasedConfig openSystemConfig(Config parent, FS fs) {
      return new NoConfig(parent, fs);
    }

    @Override
    public FileBasedConfig openJGitConfig(Config parent, FS fs) {
      return new NoConfig(parent, fs);
    }
  }

  /**
   * A configuration file that is never read or written, and empty but for what JGit assumes where
   * it can't measure: that a file which changed less than 2 s ago may change again without a newer
   * time. Otherwise it measures that at the first use of a file system, for 4 s in each process.
   */
  private static final class NoConfig extends FileBasedConfig {
    private static final Set<String> ASSUMED =
        Set.of(
            ConfigConstants.CONFIG_KEY_TIMESTAMP_RESOLUTION,
            ConfigConstants.CONFIG_KEY_MIN_RACY_THRESHOLD);

    NoConfig(Config parent, FS fs) {
      super(parent, null, fs);
    }

    @Override
    public @Nullable String getString(String section, @Nullable String subsection, String name) {
      return section.equals(ConfigConstants.CONFIG_FILESYSTEM_SECTION) && ASSUMED.contains(name)
          ? "2 seconds"
          : super.getString(section, subsection, name);
    }

    @Override
    public void load() {}

    @Override
    public void save() {}

    @Override
    public boolean isOutdated() {
      return false;
    }
  }
}
