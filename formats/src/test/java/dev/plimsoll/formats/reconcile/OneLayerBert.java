package dev.plimsoll.formats.reconcile;

import dev.plimsoll.formats.config.Config;
import dev.plimsoll.formats.family.Families;
import dev.plimsoll.formats.fixtures.FixtureTensor;
import dev.plimsoll.formats.fixtures.TensorList;
import dev.plimsoll.formats.json.JsonObject;
import dev.plimsoll.formats.json.JsonReader;
import dev.plimsoll.model.architecture.Transformer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// A BERT of one layer: 8 channels, 16 inner ones, 2 heads, 10 tokens, 6 positions.
final class OneLayerBert {
    /// All tensors but the pooler's and the two matrices of the feed-forward network.
    static final List<FixtureTensor> TENSORS = TensorList.of("""
            embeddings.word_embeddings.weight                  F32 10 8
            embeddings.position_embeddings.weight              F32 6 8
            embeddings.token_type_embeddings.weight            F32 2 8
            embeddings.LayerNorm.weight                        F32 8
            embeddings.LayerNorm.bias                          F32 8
            encoder.layer.0.attention.self.query.weight        F32 8 8
            encoder.layer.0.attention.self.query.bias          F32 8
            encoder.layer.0.attention.self.key.weight          F32 8 8
            encoder.layer.0.attention.self.key.bias            F32 8
            encoder.layer.0.attention.self.value.weight        F32 8 8
            encoder.layer.0.attention.self.value.bias          F32 8
            encoder.layer.0.attention.output.dense.weight      F32 8 8
            encoder.layer.0.attention.output.dense.bias        F32 8
            encoder.layer.0.attention.output.LayerNorm.weight  F32 8
            encoder.layer.0.attention.output.LayerNorm.bias    F32 8
            encoder.layer.0.intermediate.dense.bias            F32 16
            encoder.layer.0.output.dense.bias                  F32 8
            encoder.layer.0.output.LayerNorm.weight            F32 8
            encoder.layer.0.output.LayerNorm.bias              F32 8
            """);

    private OneLayerBert() {}

    static Transformer describe() {
        byte[] text = """
                {"model_type": "bert", "hidden_size": 8, "intermediate_size": 16, "num_hidden_layers": 1,
                 "num_attention_heads": 2, "vocab_size": 10, "max_position_embeddings": 6, "type_vocab_size": 2}
                """.getBytes(StandardCharsets.UTF_8);
        return Families.describe(new Config("config.json", (JsonObject) JsonReader.read("config.json", text)));
    }
}
