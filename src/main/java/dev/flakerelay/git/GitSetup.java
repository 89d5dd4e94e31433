package dev.flakerelay.git;

import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.storage.file.FileBasedConfig;
import org.eclipse.jgit.util.FS;
import org.eclipse.jgit.util.SystemReader;

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

  /** A configuration file that is always empty and never read or written. */
  private static final class NoConfig extends FileBasedConfig {
    NoConfig(Config parent, FS fs) {
      super(parent, null, fs);
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
