package dev.plimsoll.formats.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.plimsoll.formats.config.Config;
import dev.plimsoll.formats.family.Families;
import dev.plimsoll.formats.files.CheckpointFiles;
import dev.plimsoll.formats.fixtures.DeepSeekV3;
import dev.plimsoll.formats.fixtures.GgufWriter;
import dev.plimsoll.formats.fixtures.SafetensorsWriter;
import dev.plimsoll.formats.fixtures.TensorList;
import dev.plimsoll.formats.hub.HubAccess;
import dev.plimsoll.formats.model.Catalogue;
import dev.plimsoll.formats.model.LoadedModel;
import dev.plimsoll.formats.model.ModelReader;
import dev.plimsoll.formats.model.RemoteModels;
import dev.plimsoll.formats.reconcile.Extra.Kind;
import dev.plimsoll.model.architecture.DistinctParameters;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.shape.DataType;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The config, the safetensors header and the GGUF header of one model lead to the same logical count. The tensors are
/// written out by hand from the published files, not from our description.
class ThreeWaysAgreeTest {
    @TempDir
    private Path folder;

    @Test
    void llama2WithItsRotaryFrequencies() {
        Reconciliation files = agree("llama-2-7b", PublishedModels.LLAMA_2_7B, 6_738_415_616L);
        assertThat(files.storedElements()).isEqualTo(6_738_417_664L);
        assertThat(elements(files)).isEqualTo(Map.of(Kind.BUFFER, 32 * 64L));
        assertThat(files.forms().getFirst().type()).isEqualTo(DataType.F16);

        GgufWriter metadata = PublishedModels.metadata("llama", """
                block_count=32
                context_length=4096
                embedding_length=4096
                feed_forward_length=11008
                attention.head_count=32
                attention.head_count_kv=32
                rope.dimension_count=128
                """);
        Reconciliation gguf = gguf(metadata, PublishedModels.LLAMA_2_7B_GGUF);
        assertThat(gguf.logicalParameters()).isEqualTo(6_738_415_616L);
        assertThat(elements(gguf)).isEqualTo(Map.of(Kind.BUFFER, 64L));
        assertThat(gguf.forms().getFirst().type().name()).isEqualTo("q4_k");
    }

    @Test
    void gpt2WithMatricesInputsFirstAndMasks() {
        Reconciliation files = agree("gpt2", PublishedModels.GPT2, 124_439_808L);
        // The hub shows 137 million: 12 masks of 1,024 x 1,024 more.
        assertThat(files.storedElements()).isEqualTo(137_022_720L);
        assertThat(elements(files)).isEqualTo(Map.of(Kind.BUFFER, 12 * 1024L * 1024));

        GgufWriter metadata = PublishedModels.metadata("gpt2", """
                block_count=12
                context_length=1024
                embedding_length=768
                feed_forward_length=3072
                attention.head_count=12
                """);
        Reconciliation gguf = gguf(metadata, PublishedModels.GPT2_GGUF);
        assertThat(gguf.logicalParameters()).isEqualTo(124_439_808L);
        assertThat(gguf.extras()).isEmpty();
    }

    @Test
    void mixtralWithAnExpertATensorOrAllInOne() {
        Reconciliation files = agree("mixtral-8x7b", PublishedModels.MIXTRAL_8X7B, 46_702_792_704L);
        assertThat(files.extras()).isEmpty();
        assertThat(files.storedBytes().count()).isEqualTo(2 * 46_702_792_704L);

        GgufWriter metadata = PublishedModels.metadata("llama", """
                block_count=32
                context_length=32768
                embedding_length=4096
                feed_forward_length=14336
                attention.head_count=32
                attention.head_count_kv=8
                rope.dimension_count=128
                expert_count=8
                expert_used_count=2
                """);
        assertThat(gguf(metadata, PublishedModels.MIXTRAL_8X7B_GGUF).logicalParameters())
                .isEqualTo(46_702_792_704L);
    }

    @Test
    void deepSeekV3WithItsScalesAndItsDraftLayer() {
        SafetensorsWriter writer = new SafetensorsWriter();
        DeepSeekV3.safetensors().forEach(writer::tensor);
        Reconciliation files = agree("deepseek-v3", writer, 671_026_419_200L);
        assertThat(files.storedElements()).isEqualTo(684_531_386_000L);
        assertThat(elements(files))
                .isEqualTo(Map.of(
                        Kind.NEXT_TOKENS_PREDICTION,
                        11_610_068_224L,
                        Kind.TIED_COPY,
                        2 * 129_280 * 7168L,
                        Kind.SCALE,
                        41_540_496L));
        assertThat(files.forms().getFirst().type()).isEqualTo(DataType.F8_E4M3);

        Path file = folder.resolve("deepseek.gguf");
        DeepSeekV3.writeGguf(file);
        Reconciliation gguf = read(file).reconciliation().orElseThrow();
        assertThat(gguf.logicalParameters()).isEqualTo(671_026_419_200L);
        assertThat(gguf.extras()).isEmpty();
    }

    @Test
    void gemma3WithATiedHead() {
        Reconciliation files = agree("gemma-3-1b", PublishedModels.GEMMA_3_1B, 999_885_952L);
        assertThat(files.extras()).isEmpty();

        GgufWriter metadata = PublishedModels.metadata("gemma3", """
                block_count=26
                context_length=32768
                embedding_length=1152
                feed_forward_length=6912
                attention.head_count=4
                attention.head_count_kv=1
                attention.key_length=256
                attention.value_length=256
                attention.sliding_window=512
                """);
        assertThat(gguf(metadata, PublishedModels.GEMMA_3_1B_GGUF).logicalParameters())
                .isEqualTo(999_885_952L);
    }

    @Test
    void qwen3WithMoreHeadsThanItsWidthHolds() {
        Reconciliation files = agree("qwen3-30b-a3b", PublishedModels.QWEN3_30B_A3B, 30_532_122_624L);
        assertThat(files.extras()).isEmpty();

        GgufWriter metadata = PublishedModels.metadata("qwen3moe", """
                block_count=48
                context_length=40960
                embedding_length=2048
                feed_forward_length=6144
                attention.head_count=32
                attention.head_count_kv=4
                attention.key_length=128
                attention.value_length=128
                expert_count=128
                expert_used_count=8
                expert_feed_forward_length=768
                """);
        assertThat(gguf(metadata, PublishedModels.QWEN3_30B_A3B_GGUF).logicalParameters())
                .isEqualTo(30_532_122_624L);
    }

    @Test
    void bertWithTheHeadsItWasTrainedWith() {
        Reconciliation files = agree("bert-base", PublishedModels.BERT_BASE, 109_482_240L);
        // The hub shows 110,106,428: the masked-language head without its matrix, and the next-sentence head.
        assertThat(files.storedElements()).isEqualTo(110_106_428L);
        assertThat(elements(files))
                .isEqualTo(Map.of(Kind.TASK_HEAD, 768L * 768 + 768 + 2 * 768 + 30_522 + 2 * 768 + 2));

        GgufWriter metadata = PublishedModels.metadata("bert", """
                block_count=12
                context_length=512
                embedding_length=768
                feed_forward_length=3072
                attention.head_count=12
                """);
        Reconciliation gguf = gguf(metadata, PublishedModels.BERT_BASE_GGUF);
        // Conversions leave the pooler out.
        assertThat(gguf.absentParts()).hasSize(1);
        assertThat(gguf.logicalParameters()).isEqualTo(109_482_240L - (768 * 768 + 768));
    }

    @Test
    void gptOssWithPackedExperts() {
        Reconciliation files = agree("gpt-oss-20b", PublishedModels.GPT_OSS_20B, 20_914_757_184L);
        // openai/gpt-oss-20b, model.safetensors.index.json: total_size 13,761,264,768.
        assertThat(files.storedBytes().count()).isEqualTo(13_761_264_768L);
        long experts = 24L * 32 * (5760 + 2880) * 2880;
        assertThat(files.forms())
                .extracting(WeightForm::name, WeightForm::parameters, WeightForm::elements)
                .contains(tuple("mxfp4 4-bit", experts, experts / 2));
        assertThat(elements(files)).isEqualTo(Map.of(Kind.SCALE, experts / 32));

        GgufWriter metadata = PublishedModels.metadata("gpt-oss", """
                block_count=24
                context_length=131072
                embedding_length=2880
                feed_forward_length=2880
                attention.head_count=64
                attention.head_count_kv=8
                attention.key_length=64
                attention.value_length=64
                attention.sliding_window=128
                expert_count=32
                expert_used_count=4
                expert_feed_forward_length=2880
                """);
        Reconciliation gguf = gguf(metadata, PublishedModels.GPT_OSS_20B_GGUF);
        assertThat(gguf.logicalParameters()).isEqualTo(20_914_757_184L);
        assertThat(gguf.forms().getFirst().type()).isEqualTo(DataType.MXFP4);
    }

    @Test
    void pythiaWithMasksAndFrequencies() {
        Reconciliation files = agree("pythia-1.4b", PublishedModels.PYTHIA_1_4B, 1_414_647_808L);
        assertThat(files.storedElements()).isEqualTo(1_515_311_488L);
        assertThat(elements(files)).isEqualTo(Map.of(Kind.BUFFER, 24 * (2048L * 2048 + 16)));
    }

    @Test
    void qwen3WithItsTiedHeadStoredAgain() {
        Reconciliation files = agree("qwen3-0.6b", PublishedModels.QWEN3_0_6B, 596_049_920L);
        assertThat(files.storedElements()).isEqualTo(751_632_384L);
        assertThat(elements(files)).isEqualTo(Map.of(Kind.TIED_COPY, 151_936L * 1024));
    }

    private Reconciliation agree(String name, String tensors, long parameters) {
        return agree(name, TensorList.safetensors(tensors), parameters);
    }

    /// Sets the catalogue's config beside the tensors, and checks what always holds.
    private Reconciliation agree(String name, SafetensorsWriter tensors, long parameters) {
        Catalogue.Entry entry = Catalogue.find(name).orElseThrow();
        Transformer described = Families.describe(new Config(name, entry.config()));
        assertThat(logical(described)).isEqualTo(parameters);

        Path file = folder.resolve("model.safetensors");
        tensors.write(file);
        Reconciliation found = Reconciliation.of(described, new CheckpointFiles.Safetensors(file).read());
        assertThat(found.logicalParameters()).isEqualTo(parameters);
        requireNothingLost(found);
        return found;
    }

    private Reconciliation gguf(GgufWriter metadata, String tensors) {
        Path file = folder.resolve("model.gguf");
        TensorList.gguf(metadata, tensors).write(file);
        Reconciliation found = read(file).reconciliation().orElseThrow();
        requireNothingLost(found);
        return found;
    }

    private static void requireNothingLost(Reconciliation found) {
        long held = found.forms().stream().mapToLong(WeightForm::elements).sum();
        long more = found.extras().stream().mapToLong(Extra::elements).sum();
        assertThat(held + more).isEqualTo(found.storedElements());
    }

    private static LoadedModel read(Path file) {
        return new ModelReader(InputStream.nullInputStream(), RemoteModels.hub(HubAccess.OFFLINE))
                .read(file.toString());
    }

    private static Map<Kind, Long> elements(Reconciliation found) {
        Map<Kind, Long> elements = new EnumMap<>(Kind.class);
        found.extras().forEach(extra -> elements.merge(extra.kind(), extra.elements(), Long::sum));
        return elements;
    }

    private static long logical(Transformer described) {
        return DistinctParameters.of(described.parts()).stream()
                .filter(occurrence -> occurrence.part().isLogical())
                .mapToLong(occurrence -> occurrence.parameter().elements() * occurrence.copies())
                .sum();
    }
}
