package dev.plimsoll.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The schema that is published for scripts, judged by a validator that knows nothing of Plimsoll.
final class AnswerSchema {
    private static final JsonMapper JSON = new JsonMapper();
    private static final ObjectNode PUBLISHED = published();
    private static final Schema ANY = registry().getSchema(PUBLISHED);

    private AnswerSchema() {}

    /// Reads an answer, of whatever command, and holds it against the schema.
    static JsonNode read(String answer) {
        JsonNode read = JSON.readTree(answer);
        assertThat(ANY.validate(read)).as("against docs/schema: %s", answer).isEmpty();
        return read;
    }

    private static SchemaRegistry registry() {
        return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
    }

    private static ObjectNode published() {
        try {
            return (ObjectNode)
                    JSON.readTree(Files.readAllBytes(Project.root().resolve("docs/schema/plimsoll-1.json")));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
