package dev.flakerelay.git;

import dev.flakerelay.PermanentException;
import dev.flakerelay.Revision;
import dev.flakerelay.git.sign.SigningKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jgit.lib.CommitBuilder;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.GpgSignature;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;

/** Writes one commit that differs from its parent in named places only. */
final class CommitWriter {
  private CommitWriter() {}

  static Revision write(
      Repository repository,
      RevCommit parent,
      TargetBranch.Change change,
      String message,
      TargetBranch.Author author,
      Optional<SigningKey> key)
      throws IOException, PermanentException {
    try (ObjectInserter inserter = repository.newObjectInserter();
        ObjectReader reader = inserter.newReader()) {
      ObjectId tree = parent.getTree();
      TreeEdit edit = new TreeEdit(reader, inserter);
      for (Map.Entry<String, byte[]> file : change.files().entrySet()) {
        ObjectId blob = inserter.insert(Constants.OBJ_BLOB, file.getValue());
        tree = edit.replace(tree, file.getKey(), blob);
      }
      for (Map.Entry<String, Revision> submodule : change.submodules().entrySet()) {
        ObjectId pinned = ObjectId.fromString(submodule.getValue().hex());
        tree = edit.replace(tree, submodule.getKey(), pinned);
      }
      CommitBuilder commit = new CommitBuilder();
      commit.setTreeId(tree);
      commit.setParentId(parent);
      PersonIdent person =
          new PersonIdent(author.name(), author.email(), Instant.now(), ZoneOffset.UTC);
      commit.setAuthor(person);
      commit.setCommitter(person);
      commit.setMessage(message);
      if (key.isPresent()) {
        String signature = key.get().sign(commit.build());
        commit.setGpgSignature(new GpgSignature(signature.getBytes(StandardCharsets.US_ASCII)));
      }
      ObjectId id = inserter.insert(commit);
      inserter.flush();
      return new Revision(id.name());
    }
  }
}
