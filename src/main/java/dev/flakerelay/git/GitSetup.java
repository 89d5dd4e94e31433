package dev.flakerelay.git;

import dev.flakerelay.git.cache.CacheFolder;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.lib.ConfigConstants;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.storage.file.FileBasedConfig;
import org.eclipse.jgit.util.FS;
import org.eclipse.jgit.util.SystemReader;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the machine's and the user's Git configuration out: what a commit looks like and where it
 * is pushed must not depend on who runs the program. Nor must it depend on the repository from
 * whose hook, or script, the program is run.
 */
public final class GitSetup {
  private static final SystemReader ISOLATED = new Isolated(SystemReader.getInstance());

  /** What Git sets for its hooks, and what makes JGit take every repository for that one. */
  private static final Set<String> REPOSITORY =
      Set.of(
          Constants.GIT_DIR_KEY,
          Constants.GIT_WORK_TREE_KEY,
          Constants.GIT_INDEX_FILE_KEY,
          Constants.GIT_OBJECT_DIRECTORY_KEY,
          Constants.GIT_ALTERNATE_OBJECT_DIRECTORIES_KEY,
          Constants.GIT_COMMON_DIR_KEY);

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
    public @Nullable String getenv(String name) {
      return REPOSITORY.contains(name) ? null : super.getenv(name);
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
   * A configuration file that is never read or written, and empty but for two things. There is no
   * garbage collection: {@link CacheFolder} replaces a cache of more than 100 packs; nor does a
   * thread in the background find out after each fetch that there is nothing to collect, with a
   * lock file in a folder that may be gone by then. And it says how fine the file system's clock
   * is: JGit would otherwise measure that for seconds, in every process, with probe files in our
   * folders.
   */
  private static final class NoConfig extends FileBasedConfig {
    /**
     * Coarser than any file system in use; a cache of one process gains nothing from a finer one.
     */
    private static final Duration CLOCK = Duration.ofSeconds(1);

    NoConfig(Config parent, FS fs) {
      super(parent, null, fs);
      // A cache is closed long before it would have ended.
      setInt(ConfigConstants.CONFIG_GC_SECTION, null, ConfigConstants.CONFIG_KEY_AUTO, 0);
      setInt(ConfigConstants.CONFIG_GC_SECTION, null, ConfigConstants.CONFIG_KEY_AUTOPACKLIMIT, 0);
      setBoolean(
          ConfigConstants.CONFIG_GC_SECTION, null, ConfigConstants.CONFIG_KEY_AUTODETACH, false);
    }

    @Override
    public long getTimeUnit(
        String section, String subsection, String name, long defaultValue, TimeUnit unit) {
      return section.equals(ConfigConstants.CONFIG_FILESYSTEM_SECTION)
          ? unit.convert(CLOCK)
          : super.getTimeUnit(section, subsection, name, defaultValue, unit);
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
