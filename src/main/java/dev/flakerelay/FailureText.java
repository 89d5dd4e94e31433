package dev.flakerelay;

import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.regex.Pattern;

/**
 * What an exception of the JDK's or a library's says, in a user's words: many say it by the name of
 * their class, and some quote the names of others.
 */
public final class FailureText {
  /** With what follows where an object could not say what it is: {@code com.acme.Thing@1f2e3d}. */
  private static final Pattern CLASS_NAME =
      Pattern.compile("\\b(?:[a-z]\\w*\\.)+[A-Z][\\w$]*(?:@[0-9a-f]+)?(?:: ?)?");

  private FailureText() {}

  /** The words; never empty. */
  public static String of(Throwable failure) {
    String said = String.valueOf(failure.getMessage());
    return switch (failure) {
      case AccessDeniedException _ -> "permission denied: " + said;
      case NoSuchFileException _ -> "there is no " + said;
      case FileAlreadyExistsException _ -> said + " is there already";
      case NotDirectoryException _ -> said + " is no folder";
      case DirectoryNotEmptyException _ -> said + " is not empty";
      default -> ofMessage(failure.getMessage() == null ? "" : said);
    };
  }

  private static String ofMessage(String message) {
    if (message.contains("Unable to load region")) {
      return "no AWS region is set: name it in AWS_REGION, or in the profile of ~/.aws/config";
    }
    if (message.contains("Unable to load credentials")) {
      return "there are no AWS credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a"
          + " profile in AWS_PROFILE, or give the machine a role";
    }
    String words = CLASS_NAME.matcher(message).replaceAll("").strip();
    return words.isEmpty() ? "no reason was given" : words;
  }
}
