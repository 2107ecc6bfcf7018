"""What eager PyTorch does for one forward of a preset, operator by operator, from a dispatch trace on fake tensors; and
what no implementation can avoid: compulsory bytes and operations."""

import math
import time

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

import values
from constants import Constants
from errors import TaskError
from instance import DTYPES
from masked import Masks
from windows import touched_share

SEED = 1

CLASSES = {
    "matmul": "mm bmm addmm baddbmm addbmm mv addmv dot vdot linear _int_mm",
    "convolution": "convolution _convolution convolution_overrideable mkldnn_convolution",
    "attention": "_scaled_dot_product_flash_attention_for_cpu _scaled_dot_product_flash_attention _scaled_dot_product_efficient_attention _scaled_dot_product_cudnn_attention",
    "normalization": "native_layer_norm native_group_norm native_batch_norm _native_batch_norm_legit _native_batch_norm_legit_functional cudnn_batch_norm _fused_rms_norm renorm",
    "softmax": "_softmax _log_softmax logsumexp _safe_softmax",
    "reduction": "sum mean prod amax amin aminmax max min argmax argmin var std var_mean std_mean any all norm linalg_vector_norm count_nonzero nll_loss_forward nll_loss2d_forward "
                 "mse_loss smooth_l1_loss huber_loss trace nansum median nanmedian mode kthvalue",
    "pooling": "max_pool2d_with_indices max_pool3d_with_indices avg_pool2d avg_pool3d _adaptive_avg_pool2d _adaptive_avg_pool3d adaptive_max_pool2d adaptive_max_pool3d fractional_max_pool2d "
               "max_unpool2d mkldnn_max_pool2d mkldnn_max_pool3d",
    "index": "embedding index_select gather index take index_put scatter scatter_add scatter_reduce index_add index_copy index_fill masked_fill masked_scatter masked_select nonzero one_hot _embedding_bag "
             "_unsafe_index _unsafe_index_put index_reduce put",
    "resize": "upsample_nearest1d upsample_nearest2d upsample_nearest3d _upsample_nearest_exact1d _upsample_nearest_exact2d upsample_bilinear2d upsample_bicubic2d upsample_trilinear3d upsample_linear1d "
              "_upsample_bilinear2d_aa _upsample_bicubic2d_aa grid_sampler_2d grid_sampler_3d affine_grid_generator pixel_shuffle pixel_unshuffle im2col col2im",
    "scan": "cumsum cumprod cummax cummin _cummax_helper _cummin_helper logcumsumexp",
    "sort": "sort topk unique _unique2 unique_dim searchsorted bucketize histc",
    "recurrent": "mkldnn_rnn_layer _thnn_fused_lstm_cell _thnn_fused_gru_cell _cudnn_rnn",
    "copy": "clone copy _to_copy cat stack contiguous flip roll repeat constant_pad_nd reflection_pad1d reflection_pad2d reflection_pad3d replication_pad1d replication_pad2d replication_pad3d tril triu diag_embed "
            "repeat_interleave channel_shuffle unfold_copy pad_sequence",
    "fill": "zeros ones full zeros_like ones_like full_like new_zeros new_ones new_full fill zero arange eye linspace scalar_tensor tril_indices triu_indices",
    "random": "rand randn randint rand_like randn_like randint_like randperm uniform normal bernoulli random exponential multinomial native_dropout",
}
CLASS_OF = {name: kind for kind, names in CLASSES.items() for name in names.split()}
NO_WORK = {"empty", "empty_like", "empty_strided", "new_empty", "new_empty_strided", "detach", "alias", "lift_fresh", "_local_scalar_dense", "resize", "set", "_assert_async", "is_same_size",
           "_unsafe_view", "_reshape_alias", "sym_size", "sym_stride", "sym_numel", "device", "empty_permuted", "lift", "item", "equal", "is_pinned", "_nested_tensor_size", "unsafe_split"}
GATHERS = {"embedding": ("weight", "indices"), "index_select": ("self", "index"), "gather": ("self", "index"), "index": ("self", "indices"), "_unsafe_index": ("self", "indices"), "take": ("self", "index"),
           "nll_loss_forward": ("self", "target"), "nll_loss2d_forward": ("self", "target")}
SCATTERS = {"index_put": "values", "_unsafe_index_put": "values", "scatter": "src", "scatter_add": "src", "scatter_reduce": "src", "index_add": "source", "index_copy": "source", "index_reduce": "source", "index_fill": "index"}
BATCH_NORMS = ("native_batch_norm", "_native_batch_norm_legit", "cudnn_batch_norm")
PER_ELEMENT = {"normalization": 4, "softmax": 4, "elementwise": 1, "reduction": 1, "pooling": 1, "scan": 1, "resize": 4, "attention": 0, "matmul": 0, "convolution": 0}


class TooSlow(BaseException):
    """A fake forward takes longer than it is worth."""


class TraceMode(TorchDispatchMode):
    """Records operators, what outputs depend on, and which parts of the named tensors are read and written."""

    def __init__(self, structures, constants):
        super().__init__()
        from torch.utils.flop_counter import flop_registry

        self.registry = flop_registry
        self.operators = []
        self.depends, self.alive = {}, []
        self.owner, self.read, self.written = {}, {}, {}
        self.structures, self.structure_of = structures, {}
        self.constants, self.masks = constants, Masks(values._key, constants)

    def name(self, name, tensor):
        key = values._key(tensor)
        self.depends[key] = frozenset([name])
        self.owner[key] = name
        if self.structures.get(name):
            self.structure_of[key] = self.structures[name]
        self.alive.append(tensor)

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        result = func(*args, **kwargs)
        self.constants.follow(func, args, kwargs, result)
        name = func._schema.name.removeprefix("aten::")
        mutates = func._schema.is_mutable
        plain = name.rstrip("_") if mutates else name
        inputs = [t for t in tree_leaves((args, kwargs)) if isinstance(t, torch.Tensor)]
        outputs = [t for t in tree_leaves(result) if isinstance(t, torch.Tensor)]
        keys = {values._key(t) for t in inputs}
        if plain in NO_WORK or func.namespace == "prim" or (not mutates and outputs and any(a.alias_info is not None for a in func._schema.arguments)) or (not mutates and outputs and all(values._key(t) in keys for t in outputs)):
            self._inherit(inputs, outputs)
            return result
        arguments = {a.name: v for a, v in zip(func._schema.arguments, args)} | kwargs
        mutated = [v for a in func._schema.arguments if a.alias_info is not None and a.alias_info.is_write for v in tree_leaves(arguments.get(a.name)) if isinstance(v, torch.Tensor)] if mutates else []
        self._record(func, plain, arguments, args, kwargs, inputs, outputs, mutated, result)
        return result

    def _inherit(self, inputs, outputs):
        """Views and re-wrapped storages keep what they depend on."""
        for tensor in outputs:
            key = values._key(tensor)
            if key not in self.depends:
                self.depends[key] = frozenset().union(*(self.depends.get(values._key(t), frozenset()) for t in inputs))
            self.alive.append(tensor)

    def _record(self, func, name, arguments, args, kwargs, inputs, outputs, mutated, result):
        kind = CLASS_OF.get(name) or ("elementwise" if torch.Tag.pointwise in func.tags or torch.Tag.core in func.tags and len(inputs) else "other")
        unused = _overwritten(name, mutated)
        if name in BATCH_NORMS and arguments.get("training", True):
            # The schema does not say that training writes the running statistics.
            mutated = [t for t in (arguments.get("running_mean"), arguments.get("running_var")) if isinstance(t, torch.Tensor)]
        reads = [t for t in inputs if not any(t is m for m in unused)]
        read = 0
        gathered = GATHERS.get(name)
        scattered = SCATTERS.get(name)
        for tensor in reads:
            size = _unique_bytes(tensor)
            if gathered and tensor is arguments.get(gathered[0]):
                taken = _taken(tensor, name, arguments, outputs, gathered[1])
                self._mark(self.read, tensor, taken, part=name)
                size = min(size, outputs[0].numel() * tensor.element_size() if name not in ("nll_loss_forward", "nll_loss2d_forward") else taken)
            elif scattered and any(tensor is m for m in mutated):
                size = min(size, _scattered_bytes(tensor, arguments, scattered))
                self._mark(self.read, tensor, 0, part=name)
            elif tensor is arguments.get("input", arguments.get("self")):
                size = int(size * touched_share(name, arguments, tensor, outputs[0])) if outputs else size
                self._mark(self.read, tensor, max(0, size - _overwritten_rows(name, arguments, tensor)))
            else:
                self._mark(self.read, tensor, size)
            read += size
        fresh = [t for t in outputs if not any(values._key(t) == values._key(m) for m in mutated)]
        written = sum(_unique_bytes(t) for t in fresh)
        for tensor in mutated:
            size = min(_unique_bytes(tensor), _scattered_bytes(tensor, arguments, scattered)) if scattered else _unique_bytes(tensor)
            self._mark(self.written, tensor, size)
            written += size
        depends = frozenset().union(*(self.depends.get(values._key(t), frozenset()) for t in self._relevant(name, arguments, reads, mutated)))
        for tensor in fresh:
            self.depends[values._key(tensor)] = depends
        for tensor in mutated:
            key = values._key(tensor)
            whole = any(tensor is m for m in unused) and _unique_bytes(tensor) == tensor.untyped_storage().nbytes()
            self.depends[key] = depends if whole else depends | self.depends.get(key, frozenset())
        self.alive += outputs
        self._structure(name, arguments, fresh)
        self.masks.follow(len(self.operators), name, arguments, reads, (fresh or mutated or [None])[0])
        flops = float(self._flops(func, name, kind, arguments, args, kwargs, inputs, outputs, result))
        self.operators.append({"name": f"aten::{func._schema.name.removeprefix('aten::')}", "operator_class": kind, "precision": _precision(inputs, outputs),
                               "read_bytes": int(read), "written_bytes": int(written), "flops": flops, "needed_flops": flops * self._structure_factor(name, inputs)})

    def _relevant(self, name, arguments, reads, mutated):
        """Batch norm in training reads no running statistics to make its output."""
        if name in BATCH_NORMS and arguments.get("training", True):
            running = [arguments.get("running_mean"), arguments.get("running_var")]
            return [t for t in reads if not any(t is r for r in running)]
        return reads

    def _mark(self, marks, tensor, size, part=None):
        owner = self.owner.get(values._key(tensor))
        if owner is not None:
            view = (tensor.storage_offset(), tuple(tensor.shape), tuple(tensor.stride()), part)
            marks.setdefault(owner, {})[view] = size

    def _structure(self, name, arguments, fresh):
        """A structure goes on through copies."""
        if name in ("tril", "triu") and fresh and not arguments.get("diagonal"):
            self.structure_of[values._key(fresh[0])] = "lower_triangular" if name == "tril" else "upper_triangular"
        elif name == "diag_embed" and fresh and not arguments.get("offset"):
            self.structure_of[values._key(fresh[0])] = "diagonal"
        elif name in ("clone", "_to_copy") and fresh:
            found = self.structure_of.get(values._key(arguments["self"]))
            if found:
                self.structure_of[values._key(fresh[0])] = found

    def _flops(self, func, name, kind, arguments, args, kwargs, inputs, outputs, result):
        packet = func.overloadpacket
        try:
            if packet in self.registry:
                return self.registry[packet](*args, **kwargs, out_val=result)
            if name == "_scaled_dot_product_flash_attention_for_cpu":
                q, k, v = args[:3]
                causal = 0.5 if (args[4] if len(args) > 4 else kwargs.get("is_causal", False)) else 1.0
                return 2 * math.prod(q.shape[:-1]) * k.shape[-2] * (q.shape[-1] + v.shape[-1]) * causal
            if name in ("mv", "dot", "vdot"):
                return 2 * args[0].numel()
            if name == "addmv":
                return 2 * args[1].numel() + args[0].numel()
            if name == "mkldnn_rnn_layer":
                x, w_ih, w_hh = args[0], args[1], args[2]
                return 2 * (x.numel() // x.shape[-1]) * (w_ih.numel() + w_hh.numel())
        except (TypeError, ValueError, IndexError, AssertionError, AttributeError):
            return 0
        if kind == "sort":
            return inputs[0].numel() * max(1.0, math.log2(max(2, inputs[0].shape[-1] if inputs[0].dim() else 2)))
        weight = PER_ELEMENT.get(kind, 1 if kind in ("other", "recurrent") else 0)
        if name in ("nll_loss_forward", "nll_loss2d_forward"):
            return arguments["target"].numel()
        if kind in ("reduction", "normalization", "softmax", "pooling", "scan"):
            return weight * (inputs[0].numel() if inputs else 0)
        floating = any(t.is_floating_point() for t in (*inputs, *outputs))
        return weight * max((t.numel() for t in outputs), default=0) if floating else 0

    def _structure_factor(self, name, inputs):
        if name not in ("mm", "bmm"):
            return 1.0
        found = [s for t in inputs if (s := self._oriented(t)) and s != "symmetric"]
        if "diagonal" in found:
            return 0.5 / inputs[0].shape[-1]  # one multiplication an element
        if len(found) == 2:
            return 1 / 6 if found[0] == found[1] else 1 / 3
        return 0.5 if found else 1.0

    def _oriented(self, tensor):
        found = self.structure_of.get(values._key(tensor))
        return values._flip(found) if found and tensor.dim() > 1 and tensor.stride(-1) > tensor.stride(-2) else found


def _overwritten_rows(name, arguments, tensor):
    """Bytes of whole rows that are replaced and need not be read: as many as there are indices, if none repeats."""
    index = arguments.get("index") if name == "index_copy" else None
    if index is None or arguments.get("dim") != 0 or tensor.dim() < 2:
        return 0
    return min(index.numel(), tensor.shape[0]) * (tensor.numel() // max(1, tensor.shape[0])) * tensor.element_size()


def _overwritten(name, mutated):
    """Tensors that an operator only writes: their old values are not read."""
    return mutated if name in ("copy", "fill", "zero", "uniform", "normal", "bernoulli", "random", "exponential") or name.endswith("_out") else []


def _unique_bytes(tensor):
    """Bytes of the distinct elements that a view shows: a stride of 0 repeats."""
    elements = 1
    for size, stride in zip(tensor.shape, tensor.stride()):
        if stride != 0 or size == 0:
            elements *= size
    return elements * tensor.element_size()


def _scattered_bytes(tensor, arguments, source):
    value = arguments.get(source)
    if not isinstance(value, torch.Tensor):
        index = arguments.get("index")
        return index.numel() * tensor.element_size() if isinstance(index, torch.Tensor) else _unique_bytes(tensor)
    return max(value.numel(), arguments["index"].numel() if isinstance(arguments.get("index"), torch.Tensor) and value.numel() == 1 else 0) * tensor.element_size()


def _taken(table, name, arguments, outputs, index_name):
    """Bytes of the distinct rows that uniform indices pick out of a table, expected."""
    index = [t for t in tree_leaves(arguments[index_name]) if isinstance(t, torch.Tensor)]
    if any(t.dtype is torch.bool for t in index) or not index:
        return _unique_bytes(table)
    if name in ("nll_loss_forward", "nll_loss2d_forward"):
        return index[0].numel() * table.element_size()
    taken = outputs[0].numel()
    rows = index[0].numel()
    if rows == 0 or taken == 0:
        return 0
    if name == "gather":
        dimension = arguments["dim"] % max(1, table.dim()) if table.dim() else 0
        population, draws, repeats, width = table.shape[dimension] if table.dim() else 1, index[0].shape[dimension] if index[0].dim() else 1, rows / max(1, index[0].shape[dimension] if index[0].dim() else 1), 1
    else:
        rows = max(t.numel() for t in index)
        width = taken // rows
        population, draws, repeats = max(1, table.numel() // max(1, width)), rows, 1
    unique = population * -math.expm1(draws * math.log1p(-1 / population)) if population > 1 else 1
    return min(_unique_bytes(table), int(unique * repeats * width) * table.element_size())


def _precision(inputs, outputs):
    for tensor in (*inputs, *outputs):
        if tensor.is_floating_point():
            return DTYPES.get(tensor.dtype, str(tensor.dtype).removeprefix("torch."))
    return DTYPES.get((*inputs, *outputs)[0].dtype, "int64") if inputs or outputs else "int64"


def _structure_share(name, tensor, structures):
    """The share of a triangular or symmetric tensor that is stored."""
    structure = structures.get(name)
    if not structure or tensor.dim() < 2:
        return 1.0
    if structure == "symmetric":
        return (tensor.shape[-1] + 1) / (2 * tensor.shape[-1])
    rows, cols = (tensor.shape[-2], tensor.shape[-1]) if structure == "lower_triangular" else (tensor.shape[-1], tensor.shape[-2])
    short = min(rows, cols)
    stored = short * (short + 1) / 2 + (max(0, rows - cols) * cols)
    return stored / (rows * cols)


def trace(task, presets, preset):
    """The trace of a preset as the contract's TaskTrace; on real tensors where forward depends on values and they are small."""
    module = presets.module(preset)
    try:
        return _trace(task, module, preset, fake=True)
    except TaskError as error:
        if not error.depends_on_values:
            raise
        small_enough(module, error, values.REAL_LIMIT // 4)
        made = _trace(task, module, preset, fake=False)
        made["notes"].append("forward depends on values: traced on real tensors")
        return made


def small_enough(module, error, limit):
    """Raises the error of the fake run where a real one would be too large."""
    observation = values.observe(module, SEED, fake=True)
    size = sum(t.numel() * t.element_size() for t in observation.before.values())
    if size > limit:
        raise error


def _trace(task, module, preset, fake):
    constants = Constants()
    observation = values.observe(module, SEED, fake, constants)
    distributions = {n: observation.observer.of(t) for n, t in observation.before.items()}
    structures = {n: d["structure"] for n, d in distributions.items() if d and d.get("structure")}
    mode = TraceMode(structures, constants)
    for name, tensor in observation.before.items():
        if observation.roles[name] != "input":
            mode.name(name, tensor)
    observation.forward(mode, named=mode)
    mode.masks.apply(mode.operators)
    state = {n: t for n, t in observation.before.items() if observation.roles[n] != "input"}
    live = {**observation.given, **state}
    wanted = dict(observation.outputs)
    for name in (*task.settings.state_outputs, *task.settings.in_place):
        if name in live:
            wanted.setdefault(name, live[name])
    needed, by_tensor = frozenset(), {}
    for name, tensor in wanted.items():
        key = values._key(tensor)
        needed |= mode.depends.get(key, frozenset())
        owner = mode.owner.get(key)
        if owner is None:
            by_tensor[name] = _unique_bytes(tensor)
        elif owner in mode.written:
            by_tensor[f"{owner} (written)"] = min(sum(mode.written[owner].values()), _unique_bytes(live[owner]))
    for name, tensor in live.items():
        if name in needed and name in mode.read:
            read = min(sum(mode.read[name].values()), _unique_bytes(tensor))
            by_tensor[name] = int(read * _structure_share(name, tensor, structures))
    notes = [f"'{n}' is {s.replace('_', ' ')}: only the stored part counts" for n, s in structures.items()]
    notes += observation.notes
    matrix = sum(o["needed_flops"] for o in mode.operators if o["operator_class"] in ("matmul", "convolution", "attention", "recurrent"))
    floats = [t for t in (*live.values(), *observation.outputs.values()) if t.is_floating_point()]
    widest = max(floats, key=lambda t: t.dtype.itemsize, default=None)
    return {"preset": preset, "operators": _merged(mode.operators), "compulsory_bytes": sum(by_tensor.values()), "compulsory_bytes_by_tensor": {n: b for n, b in by_tensor.items() if b},
            "unused_tensors": [n for n in live if n not in needed], "flops": sum(o["needed_flops"] for o in mode.operators), "matrix_flops": matrix,
            "precision": DTYPES[widest.dtype] if widest is not None else "int64", "notes": list(dict.fromkeys(notes))}


def _merged(operators):
    """Equal operators as one with a count, in the order in which they first ran: a recurrent network has tens of thousands."""
    merged = {}
    for operator in operators:
        key = tuple(operator.values())
        if key in merged:
            merged[key]["count"] += 1
        else:
            merged[key] = {**operator, "count": 1}
    return list(merged.values())


class CostMode(TorchDispatchMode):
    """Operations and the largest result, and nothing else: derivation runs it dozens of times."""

    def __init__(self, seconds):
        super().__init__()
        from torch.utils.flop_counter import flop_registry

        self.registry, self.deadline = flop_registry, time.process_time() + seconds
        self.operations, self.largest = 0.0, 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        if time.process_time() > self.deadline:
            raise TooSlow
        result = func(*args, **kwargs)
        if func.is_view:
            return result
        written = sum(t.numel() for t in (result if isinstance(result, (tuple, list)) else (result,)) if isinstance(t, torch.Tensor))
        self.largest = max(self.largest, written)
        flops = 0
        if func.overloadpacket in self.registry:
            flops = self.registry[func.overloadpacket](*args, **kwargs, out_val=result)
        elif func is torch.ops.aten._scaled_dot_product_flash_attention_for_cpu.default:
            q, k, v = args[:3]
            flops = 2 * math.prod(q.shape[:-1]) * k.shape[-2] * (q.shape[-1] + v.shape[-1])
        elif args and isinstance(args[0], torch.Tensor):
            flops = max(written, args[0].numel() if torch.Tag.pointwise not in func.tags else 0)
        self.operations += max(flops, written)
        return result


def cost(module, seconds):
    """(elements, operations) of a module's forward on fake tensors; TooSlow after the given processor time."""
    observation = values.observe(module, SEED, fake=True)
    mode = CostMode(seconds)
    try:
        observation.forward(mode)
    except TaskError as error:
        if not error.depends_on_values:
            raise
        small_enough(module, error, 256 << 20)
        observation = values.observe(module, SEED, fake=False)
        mode = CostMode(seconds)
        observation.forward(mode)
    elements = sum(t.numel() for t in (*observation.before.values(), *observation.outputs.values()))
    return max(elements, mode.largest), mode.operations
