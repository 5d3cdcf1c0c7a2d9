package dev.plimsoll.formats.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.formats.json.JsonObject;
import dev.plimsoll.formats.json.JsonReader;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.TensorName;
import dev.plimsoll.model.operator.TensorNames;
import dev.plimsoll.model.shape.DataType;
import dev.plimsoll.model.shape.MatrixPacking;
import dev.plimsoll.model.shape.MatrixPacking.Group;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuantizationTest {
    /// Bytes of one matrix of 256 outputs and 512 inputs, 131,072 values, under every method.
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            # values, a f32 scale for each of 2 x 4 blocks
            {'quant_method':'fp8','weight_block_size':[128,128]}                                | 131104
            # values and one f32 scale; a static scheme adds one for the inputs
            {'quant_method':'fp8','activation_scheme':'dynamic'}                                | 131076
            {'quant_method':'fp8','activation_scheme':'static'}                                 | 131080
            # values and an f32 scale for each of 256 outputs
            {'quant_method':'fbgemm_fp8'}                                                       | 132096
            # 131,072 / 2 and a byte for each 32
            {'quant_method':'mxfp4'}                                                            | 69632
            # 131,072 / 2, a byte for each 16, two f32
            {'quant_method':'modelopt','quant_algo':'NVFP4','group_size':16}                    | 73736
            {'quant_method':'modelopt','quant_algo':'FP8'}                                      | 131080
            {'quant_method':'modelopt','quant_algo':'W4A16_AWQ','group_size':128}               | 67584
            # 65,536 + 1,024 groups x (2 + 0.5) + 512 x 4
            {'quant_method':'gptq','bits':4,'group_size':128}                                   | 70144
            # 131,072 x 3 / 8 + 256 x (16 + 3) / 8 + 512 x 4
            {'quant_method':'gptq','bits':3,'group_size':-1}                                    | 51808
            # 65,536 + 1,024 x 2.5
            {'quant_method':'awq','bits':4,'group_size':128,'zero_point':true}                  | 68096
            # 65,536 + 2,048 x 4 + the table of 64 bytes
            {'quant_method':'bitsandbytes','load_in_4bit':true}                                 | 73792
            # 65,536 + 2,048 + 8 f32 for 256 of those each + tables of 16 and 256 f32 + one f32
            {'load_in_4bit':true,'bnb_4bit_use_double_quant':true}                              | 68708
            {'load_in_8bit':true}                                                               | 132096
            {'quant_method':'quanto','weights':'int8'}                                          | 131584
            {'quant_method':'eetq'}                                                             | 131584
            {'quant_method':'bitnet'}                                                           | 32770
            {'quant_method':'hqq','quant_config':{'weight_quant_params':{'nbits':4,'group_size':64}}} | 73728
            {'quant_method':'torchao','quant_type':'int8_weight_only'}                          | 131584
            """)
    void aMatrixTakesWhatItsMethodStores(String config, long bytes) {
        Quantization quantization =
                read("{'quantization_config':" + config + "}").orElseThrow();
        assertThat(quantization.weights().orElseThrow().bytes(256, 512).count()).isEqualTo(bytes);
        assertThat(quantization.notes()).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            # 65,536 + 1,024 scales of 2 bytes + the shape of 16
            {'num_bits':4,'type':'int','group_size':128,'strategy':'group','symmetric':true}    | pack-quantized  | 67600
            {'num_bits':8,'type':'float','strategy':'channel','symmetric':true}                 | float-quantized | 131584
            {'num_bits':8,'type':'float','strategy':'tensor','symmetric':true}                  | float-quantized | 131074
            {'num_bits':4,'type':'float','group_size':16,'strategy':'tensor_group'}             | nvfp4-pack-quantized | 73736
            """)
    void compressedTensorsFollowTheirOnlyGroup(String weights, String format, long bytes) {
        Quantization quantization = read("{'quantization_config':{'quant_method':'compressed-tensors','format':'"
                        + format
                        + "','ignore':['lm_head','re:.*mlp.gate$'],"
                        + "'kv_cache_scheme':{'num_bits':8,'type':'float'},"
                        + "'config_groups':{'group_0':{'targets':['Linear'],'weights':" + weights + "}}}}")
                .orElseThrow();
        assertThat(quantization.weights().orElseThrow().bytes(256, 512).count()).isEqualTo(bytes);
        assertThat(quantization.keyValueCache()).contains(DataType.F8_E4M3);
        assertThat(quantization.unconverted().cover("model.layers.3.mlp.gate")).isTrue();
        assertThat(quantization.unconverted().cover("model.layers.3.mlp.gate_proj"))
                .isFalse();
    }

    /// The same matrix; MLX has a bias beside each scale, and its other modes one byte a group.
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            # 65,536 + 2,048 groups x 4
            {'group_size':64,'bits':4}                        | 73728
            # 131,072 x 6 / 8 + 4,096 x 4
            {'group_size':32,'bits':6,'mode':'affine'}        | 114688
            {'group_size':32,'bits':4,'mode':'mxfp4'}         | 69632
            {'group_size':32,'bits':8,'mode':'mxfp8'}         | 135168
            {'group_size':16,'bits':4,'mode':'nvfp4'}         | 73728
            """)
    void mlxIsReadFromEitherKeyOrBoth(String config, long bytes) {
        for (String text : List.of(
                "{'quantization':" + config + "}",
                "{'quantization_config':" + config + "}",
                "{'quantization':" + config + ",'quantization_config':" + config + "}")) {
            Quantization quantization = read(text).orElseThrow();
            assertThat(quantization.method()).isEqualTo("mlx");
            assertThat(quantization.reach()).isEqualTo(Quantization.Reach.EVERY_MATRIX);
            assertThat(quantization.weights().orElseThrow().bytes(256, 512).count())
                    .isEqualTo(bytes);
        }
    }

    @Test
    void mlxNamesModulesThatAreHeldOtherwise() {
        ModuleForms modules = read("{'quantization':{'group_size':64,'bits':4,"
                        + "'model.layers.3.mlp.gate':{'group_size':64,'bits':8},"
                        + "'model.layers.3.mlp.switch_mlp.up_proj':{'group_size':32,'bits':6},"
                        + "'language_model.model.layers.4.mlp.gate':false,'lm_head':true}}")
                .orElseThrow()
                .modules();
        assertThat(modules.of(parameter("router.weight", "model.layers.{layer}.mlp.gate.weight"), 3))
                .contains(new ModuleForms.Form.Packed(new MatrixPacking(8, new Group.Neighbours(64), 32, 0, 0)));
        assertThat(modules.of(parameter("router.weight", "model.layers.{layer}.mlp.gate.weight"), 4))
                .contains(new ModuleForms.Form.AsItWas());
        assertThat(modules.of(parameter("router.weight", "model.layers.{layer}.mlp.gate.weight"), 33))
                .isEmpty();
        assertThat(modules.of(
                        parameter("experts.up.weight", "model.layers.{layer}.mlp.experts.{expert}.up_proj.weight"), 3))
                .contains(new ModuleForms.Form.Packed(new MatrixPacking(6, new Group.Neighbours(32), 32, 0, 0)));
        assertThat(modules.of(parameter("head.weight", "lm_head.weight"), 0)).isEmpty();
    }

    private static Parameter parameter(String name, String tensor) {
        return new Parameter(
                name,
                List.of(),
                Parameter.Kind.MATRIX,
                Parameter.Sharing.EACH_LAYER,
                new TensorNames(List.of(TensorName.of(tensor)), List.of()));
    }

    @Test
    void theExpertsOfGptOss20bTakeWhatItsIndexSays() {
        // 24 layers of 32 experts; gate and up 5,760 x 2,880 and down 2,880 x 2,880, 4.25 bits each; all else bf16.
        // openai/gpt-oss-20b, model.safetensors.index.json: total_size 13,761,264,768; 20,914,757,184 parameters.
        MatrixPacking packing = read("{'quantization_config':{'quant_method':'mxfp4'}}")
                .orElseThrow()
                .weights()
                .orElseThrow();
        long experts = 24
                * 32
                * (packing.bytes(5760, 2880).count() + packing.bytes(2880, 2880).count());
        long others = 20_914_757_184L - 24L * 32 * (5760 + 2880) * 2880;
        assertThat(experts + 2 * others).isEqualTo(13_761_264_768L);
    }

    @Test
    void aNestedTextConfigAndAFileBesideAreReadToo() {
        assertThat(read("{'text_config':{'quantization_config':{'quant_method':'mxfp4'}}}"))
                .map(Quantization::method)
                .contains("mxfp4");
        Quantization beside = QuantizationMethods.ofBesideFile(
                        config("{'producer':{'name':'modelopt'},'quantization':{'quant_algo':'NVFP4',"
                                + "'kv_cache_quant_algo':'FP8','group_size':16,"
                                + "'exclude_modules':['model.layers.*.self_attn*','lm_head']}}"))
                .orElseThrow();
        assertThat(beside.keyValueCache()).contains(DataType.F8_E4M3);
        assertThat(beside.unconverted().cover("model.layers.61.self_attn.o_proj"))
                .isTrue();
        assertThat(beside.unconverted().cover("model.layers.61.mlp.up_proj")).isFalse();
        assertThat(beside.describe()).isEqualTo("modelopt, 4 bits, groups of 16");
        assertThat(read("{'quantization':{'bits':4,'group_size':64}}"))
                .map(Quantization::method)
                .contains("mlx");
        assertThat(read("{'hidden_size':64}")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {'quant_method':'aqlm','nbits_per_codebook':16}
            {'quant_method':'sinq'}
            {'quant_method':'modelopt','quant_algo':'MIXED_PRECISION'}
            {'quant_method':'compressed-tensors','config_groups':{}}
            """)
    void aMethodThatLeavesBytesOpenIsNamedAndNotGuessed(String config) {
        Quantization quantization =
                read("{'quantization_config':" + config + "}").orElseThrow();
        assertThat(quantization.weights()).isEmpty();
        assertThat(quantization.notes()).singleElement().asString().contains("'" + quantization.method() + "'");
    }

    @Test
    void absurdSizesAreRefusedByName() {
        assertThatThrownBy(() -> read("{'quantization_config':{'quant_method':'gptq','bits':0}}"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("quantization_config.bits is 0");
        assertThatThrownBy(() -> read("{'quantization_config':{'quant_method':'fp8','weight_block_size':[0,128]}}"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("weight_block_size");
    }

    @Test
    void aRegularExpressionMadeToHangCoversNothing() {
        ModulePatterns patterns = new ModulePatterns(List.of("re:(a+)+$", "re:(", "re:" + "(".repeat(50_000)));
        assertThat(patterns.cover("a".repeat(60) + "!")).isFalse();
        assertThat(new ModulePatterns(List.of("re:.*lm_head")).cover("model.lm_head"))
                .isTrue();
        assertThat(new ModulePatterns(List.of("lm_head")).cover("model.lm_head"))
                .isTrue();
        assertThat(new ModulePatterns(List.of("visual")).cover("visual.blocks.0.attn.qkv"))
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {'torch_dtype':'bfloat16'}                     | bf16
            {'dtype':'torch.float16'}                      | f16
            {'text_config':{'torch_dtype':'float32'}}      | f32
            """)
    void theDeclaredTypeIsReadWhereverItStands(String json, String name) {
        assertThat(DeclaredType.of(config(json))).map(DataType::name).contains(name);
    }

    @Test
    void anAbsentOrUnknownDeclaredTypeIsUnknown() {
        assertThat(DeclaredType.of(config("{'hidden_size':64}"))).isEmpty();
        assertThat(DeclaredType.of(config("{'torch_dtype':'auto'}"))).isEmpty();
    }

    private static Optional<Quantization> read(String json) {
        return QuantizationMethods.of(config(json));
    }

    private static Config config(String json) {
        byte[] text = json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        return new Config("config.json", (JsonObject) JsonReader.read("config.json", text));
    }
}
