package dev.flakerelay.git.cache;

import java.io.IOException;
import java.io.InputStream;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.eclipse.jgit.transport.PackParser;

/**
 * A repository that takes no enormous object from a server. JGit reads commits, trees and deltas
 * into memory, and believes how large they say they are; a few bytes may say 2 GB.
 */
final class CacheRepository extends FileRepository {
  /** In bytes; GitHub takes no larger file ("About large files on GitHub"). */
  private static final long LARGEST_OBJECT = 100L << 20;

  CacheRepository(FileRepositoryBuilder place) throws IOException {
    super(place.setup());
  }

  @Override
  public ObjectInserter newObjectInserter() {
    ObjectInserter unlimited = super.newObjectInserter();
    return new ObjectInserter.Filter() {
      @Override
      protected ObjectInserter delegate() {
        return unlimited;
      }

      @Override
      public PackParser newPackParser(InputStream in) throws IOException {
        PackParser parser = super.newPackParser(in);
        parser.setMaxObjectSizeLimit(LARGEST_OBJECT);
        return parser;
      }
    };
  }
}
