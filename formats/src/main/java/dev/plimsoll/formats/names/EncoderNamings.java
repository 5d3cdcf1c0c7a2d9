package dev.plimsoll.formats.names;

/// The namings of encoders of text.
public final class EncoderNamings {
    /// BERT's, under its prefix or without one; files of the first years call gains and biases gamma and beta.
    public static final Naming BERT = Naming.of(
                    "bert.encoder.layer.{layer}",
                    "embedding.tokens",
                    "bert.embeddings.word_embeddings",
                    "embedding.positions",
                    "bert.embeddings.position_embeddings",
                    "embedding.types",
                    "bert.embeddings.token_type_embeddings",
                    "embedding.normalization.weight",
                    "bert.embeddings.LayerNorm.weight|bert.embeddings.LayerNorm.gamma",
                    "embedding.normalization.bias",
                    "bert.embeddings.LayerNorm.bias|bert.embeddings.LayerNorm.beta",
                    "attention.query",
                    ".attention.self.query",
                    "attention.key",
                    ".attention.self.key",
                    "attention.value",
                    ".attention.self.value",
                    "attention.output",
                    ".attention.output.dense",
                    "attention.normalization.weight",
                    ".attention.output.LayerNorm.weight|.attention.output.LayerNorm.gamma",
                    "attention.normalization.bias",
                    ".attention.output.LayerNorm.bias|.attention.output.LayerNorm.beta",
                    "feed_forward.up",
                    ".intermediate.dense",
                    "feed_forward.down",
                    ".output.dense",
                    "feed_forward.normalization.weight",
                    ".output.LayerNorm.weight|.output.LayerNorm.gamma",
                    "feed_forward.normalization.bias",
                    ".output.LayerNorm.bias|.output.LayerNorm.beta",
                    "pooler",
                    "bert.pooler.dense")
            .readAs("bert.", "bert.", "")
            .gguf(
                    "blk.{layer}",
                    "attention.normalization",
                    ".attn_output_norm",
                    "feed_forward.normalization",
                    ".layer_output_norm");

    public static final Naming ROBERTA = BERT.readAs("bert.", "roberta.", "");

    public static final Naming DISTILBERT = Naming.of(
                    "distilbert.transformer.layer.{layer}",
                    "embedding.tokens",
                    "distilbert.embeddings.word_embeddings",
                    "embedding.positions",
                    "distilbert.embeddings.position_embeddings",
                    "embedding.normalization",
                    "distilbert.embeddings.LayerNorm",
                    "attention.query",
                    ".attention.q_lin",
                    "attention.key",
                    ".attention.k_lin",
                    "attention.value",
                    ".attention.v_lin",
                    "attention.output",
                    ".attention.out_lin",
                    "attention.normalization",
                    ".sa_layer_norm",
                    "feed_forward.up",
                    ".ffn.lin1",
                    "feed_forward.down",
                    ".ffn.lin2",
                    "feed_forward.normalization",
                    ".output_layer_norm")
            .readAs("distilbert.", "distilbert.", "")
            .gguf(
                    "blk.{layer}",
                    "attention.normalization",
                    ".attn_output_norm",
                    "feed_forward.normalization",
                    ".layer_output_norm");

    /// ALBERT's: one layer, whatever its number.
    public static final Naming ALBERT = Naming.of(
                    "albert.encoder.albert_layer_groups.0.albert_layers.0",
                    "embedding.tokens",
                    "albert.embeddings.word_embeddings",
                    "embedding.positions",
                    "albert.embeddings.position_embeddings",
                    "embedding.types",
                    "albert.embeddings.token_type_embeddings",
                    "embedding.normalization",
                    "albert.embeddings.LayerNorm",
                    "embedding.map",
                    "albert.encoder.embedding_hidden_mapping_in",
                    "attention.query",
                    ".attention.query",
                    "attention.key",
                    ".attention.key",
                    "attention.value",
                    ".attention.value",
                    "attention.output",
                    ".attention.dense",
                    "attention.normalization",
                    ".attention.LayerNorm",
                    "feed_forward.up",
                    ".ffn",
                    "feed_forward.down",
                    ".ffn_output",
                    "feed_forward.normalization",
                    ".full_layer_layer_norm",
                    "pooler",
                    "albert.pooler")
            .readAs("albert.", "albert.", "")
            .withoutGguf();

    /// DeBERTa v2's and v3's.
    public static final Naming DEBERTA_V2 = BERT.readAs("bert.", "deberta.", "")
            .with(
                    "attention.query",
                    ".attention.self.query_proj",
                    "attention.key",
                    ".attention.self.key_proj",
                    "attention.value",
                    ".attention.self.value_proj",
                    "attention.position_key",
                    ".attention.self.pos_key_proj",
                    "attention.position_query",
                    ".attention.self.pos_query_proj",
                    "relative_positions",
                    "bert.encoder.rel_embeddings",
                    "relative_positions.normalization",
                    "bert.encoder.LayerNorm",
                    "embedding.map",
                    "bert.embeddings.embed_proj",
                    "convolution",
                    "bert.encoder.conv.conv",
                    "convolution.normalization",
                    "bert.encoder.conv.LayerNorm")
            .withoutGguf();

    /// DeBERTa's: query, key and value in one matrix, with biases beside it for two of them.
    public static final Naming DEBERTA = DEBERTA_V2.with(
            "attention.query",
            ".attention.self.in_proj",
            "attention.query.bias",
            ".attention.self.q_bias",
            "attention.key",
            ".attention.self.in_proj",
            "attention.value",
            ".attention.self.in_proj",
            "attention.value.bias",
            ".attention.self.v_bias",
            "attention.position_key",
            ".attention.self.pos_proj",
            "attention.position_query",
            ".attention.self.pos_q_proj");

    private EncoderNamings() {}
}
