import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.regex.Pattern;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Takes the signatures out of the jars in a folder. A JVM checks each class of a signed jar against them at every start, and
 * keeps none of these classes in an archive for class data sharing. Jars without signatures are left as they are.
 */
public class Unsign {
  private static final Pattern SIGNATURE = Pattern.compile("META-INF/[^/]+\\.(SF|RSA|DSA|EC)");

  public static void main(String[] args) throws Exception {
    try (var jars = Files.newDirectoryStream(Path.of(args[0]), "*.jar")) {
      for (Path jar : jars) {
        unsign(jar);
      }
    }
  }

  private static void unsign(Path jar) throws Exception {
    Path copy = Files.createTempFile(jar.getParent(), "unsigned", ".tmp");
    try (var from = new ZipFile(jar.toFile())) {
      if (from.stream().noneMatch(entry -> SIGNATURE.matcher(entry.getName()).matches())) {
        return;
      }
      try (var to = new ZipOutputStream(Files.newOutputStream(copy))) {
        for (var entry : from.stream().filter(each -> !SIGNATURE.matcher(each.getName()).matches()).toList()) {
          to.putNextEntry(entry);
          from.getInputStream(entry).transferTo(to);
        }
      }
      Files.setPosixFilePermissions(copy, Files.getPosixFilePermissions(jar));
      Files.move(copy, jar, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(copy);
    }
  }
}
