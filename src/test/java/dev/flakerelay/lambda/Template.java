package dev.flakerelay.lambda;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.ConstructNode;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.constructor.StandardConstructor;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code template.yaml} as data, with short forms of functions written out: {@code !Ref X} is
 * {@code {"Ref": "X"}}, {@code !GetAtt X.Arn} is {@code {"Fn::GetAtt": "X.Arn"}}.
 */
final class Template {
  static final String FUNCTION = "AWS::Serverless::Function";
  static final String LAYER = "AWS::Serverless::LayerVersion";
  static final String QUEUE = "AWS::SQS::Queue";
  static final String ROLE = "AWS::IAM::Role";
  static final String ALARM = "AWS::CloudWatch::Alarm";

  private final JsonNode root;

  private Template(JsonNode root) {
    this.root = root;
  }

  static Template read() {
    try {
      return of(Files.readString(Path.of("template.yaml")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Template of(String yaml) {
    LoadSettings settings = LoadSettings.builder().build();
    Load load = new Load(settings, new Functions(settings));
    return new Template(JsonMapper.shared().valueToTree(load.loadFromString(yaml)));
  }

  /** What is at a place, such as {@code /Outputs}; a missing node if there is nothing. */
  JsonNode at(String pointer) {
    return root.at(pointer);
  }

  /** The properties of a resource. */
  JsonNode properties(String id) {
    return root.required("Resources").required(id).required("Properties");
  }

  /** All resources of a type, by logical id. */
  Map<String, JsonNode> resources(String type) {
    Map<String, JsonNode> found = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> resource : root.required("Resources").properties()) {
      if (resource.getValue().required("Type").stringValue().equals(type)) {
        found.put(resource.getKey(), resource.getValue());
      }
    }
    return found;
  }

  static JsonNode ref(String id) {
    return JsonMapper.shared().valueToTree(Map.of("Ref", id));
  }

  static JsonNode arn(String id) {
    return JsonMapper.shared().valueToTree(Map.of("Fn::GetAtt", id + ".Arn"));
  }

  private static final class Functions extends StandardConstructor {
    Functions(LoadSettings settings) {
      super(settings);
      for (String name : List.of("GetAtt", "Sub", "If", "Equals", "Not", "Join")) {
        tagConstructors.put(new Tag("!" + name), writtenOut("Fn::" + name));
      }
      tagConstructors.put(new Tag("!Ref"), writtenOut("Ref"));
    }

    private ConstructNode writtenOut(String name) {
      return node -> Map.of(name, argument(node));
    }

    private Object argument(Node node) {
      return node instanceof SequenceNode sequence
          ? constructSequence(sequence)
          : ((ScalarNode) node).getValue();
    }
  }
}
