#include <cute/tensor.hpp>
#include <cute/arch/mma_sm90_gmma.hpp>
#include <cute/atom/mma_traits_sm90_gmma.hpp>
#include <cutlass/half.h>
using namespace cute;
template <class LayoutA, class LayoutB, GMMA::Major MA, GMMA::Major MB>
__device__ void gemm(cutlass::half_t const* A, cutlass::half_t const* B, float* C) {
    __shared__ alignas(1024) cutlass::half_t sa[64 * 64];
    __shared__ alignas(1024) cutlass::half_t sb[64 * 64];
    Tensor mA = make_tensor(make_gmem_ptr(A), make_shape(Int<64>{}, Int<64>{}), make_stride(Int<64>{}, Int<1>{}));
    Tensor mB = make_tensor(make_gmem_ptr(B), make_shape(Int<64>{}, Int<64>{}), make_stride(Int<64>{}, Int<1>{}));
    Tensor mC = make_tensor(make_gmem_ptr(C), make_shape(Int<64>{}, Int<64>{}), make_stride(Int<64>{}, Int<1>{}));
    Tensor sA = make_tensor(make_smem_ptr(sa), LayoutA{});
    Tensor sB = make_tensor(make_smem_ptr(sb), LayoutB{});
    for (int i = threadIdx.x; i < 64 * 64; i += blockDim.x) { sA(i / 64, i % 64) = mA(i / 64, i % 64); sB(i / 64, i % 64) = mB(i / 64, i % 64); }
    __syncthreads();
    TiledMMA mma = make_tiled_mma(SM90_64x64x16_F32F16F16_SS<MA, MB>{});
    ThrMMA thr = mma.get_thread_slice(threadIdx.x);
    Tensor tCsA = thr.partition_A(sA);
    Tensor tCsB = thr.partition_B(sB);
    Tensor tCgC = thr.partition_C(mC);
    Tensor tCrA = thr.make_fragment_A(tCsA);
    Tensor tCrB = thr.make_fragment_B(tCsB);
    Tensor acc = thr.make_fragment_C(tCgC);
    clear(acc);
    warpgroup_fence_operand(acc);
    warpgroup_arrive();
    cute::gemm(mma, tCrA, tCrB, acc);
    warpgroup_commit_batch();
    warpgroup_wait<0>();
    warpgroup_fence_operand(acc);
    copy(acc, tCgC);
}
template <class Atom> using L = decltype(tile_to_shape(Atom{}, Shape<_64, _64>{}));
using T = cutlass::half_t;
extern "C" __global__ void k_sw128(T const* A, T const* B, float* C) { gemm<L<GMMA::Layout_K_SW128_Atom<T>>, L<GMMA::Layout_K_SW128_Atom<T>>, GMMA::Major::K, GMMA::Major::K>(A, B, C); }
extern "C" __global__ void k_sw64(T const* A, T const* B, float* C) { gemm<L<GMMA::Layout_K_SW64_Atom<T>>, L<GMMA::Layout_K_SW32_Atom<T>>, GMMA::Major::K, GMMA::Major::K>(A, B, C); }
extern "C" __global__ void k_inter(T const* A, T const* B, float* C) { gemm<L<GMMA::Layout_K_INTER_Atom<T>>, L<GMMA::Layout_K_INTER_Atom<T>>, GMMA::Major::K, GMMA::Major::K>(A, B, C); }
extern "C" __global__ void mn_sw128(T const* A, T const* B, float* C) { gemm<L<GMMA::Layout_MN_SW128_Atom<T>>, L<GMMA::Layout_MN_SW128_Atom<T>>, GMMA::Major::MN, GMMA::Major::MN>(A, B, C); }
extern "C" __global__ void mn_sw64(T const* A, T const* B, float* C) { gemm<L<GMMA::Layout_MN_SW64_Atom<T>>, L<GMMA::Layout_MN_SW32_Atom<T>>, GMMA::Major::MN, GMMA::Major::MN>(A, B, C); }
extern "C" __global__ void mn_inter(T const* A, T const* B, float* C) { gemm<L<GMMA::Layout_MN_INTER_Atom<T>>, L<GMMA::Layout_MN_INTER_Atom<T>>, GMMA::Major::MN, GMMA::Major::MN>(A, B, C); }

template <class Op, class TA, class TB, class TC, class LayoutA, class LayoutB, int K>
__device__ void product_of(TA const* A, TB const* B, TC* C) {
    __shared__ alignas(1024) TA sa[64 * K];
    __shared__ alignas(1024) TB sb[64 * K];
    Tensor mC = make_tensor(make_gmem_ptr(C), make_shape(Int<64>{}, Int<64>{}), make_stride(Int<64>{}, Int<1>{}));
    Tensor sA = make_tensor(make_smem_ptr(sa), LayoutA{});
    Tensor sB = make_tensor(make_smem_ptr(sb), LayoutB{});
    for (int i = threadIdx.x; i < 64 * K; i += blockDim.x) { sA(i / K, i % K) = A[i]; sB(i / K, i % K) = B[i]; }
    __syncthreads();
    TiledMMA mma = make_tiled_mma(Op{});
    ThrMMA thr = mma.get_thread_slice(threadIdx.x);
    Tensor tCgC = thr.partition_C(mC);
    Tensor tCrB = thr.make_fragment_B(thr.partition_B(sB));
    Tensor acc = thr.make_fragment_C(tCgC);
    clear(acc);
    warpgroup_fence_operand(acc);
    warpgroup_arrive();
    if constexpr (is_same<typename decltype(mma)::FrgTypeA, TA>::value) {
        Tensor tCrA = make_fragment_like(thr.partition_A(sA));
        copy(thr.partition_A(sA), tCrA);
        cute::gemm(mma, tCrA, tCrB, acc);
    } else {
        Tensor tCrA = thr.make_fragment_A(thr.partition_A(sA));
        cute::gemm(mma, tCrA, tCrB, acc);
    }
    warpgroup_commit_batch();
    warpgroup_wait<0>();
    warpgroup_fence_operand(acc);
    copy(acc, tCgC);
}
template <class Atom, int K> using LK = decltype(tile_to_shape(Atom{}, Shape<_64, Int<K>>{}));
using BF = cutlass::bfloat16_t;
using F8 = cutlass::float_e4m3_t;
using T32 = cutlass::tfloat32_t;
extern "C" __global__ void half_sums(T const* A, T const* B, T* C) { product_of<SM90_64x64x16_F16F16F16_SS<GMMA::Major::K, GMMA::Major::K>, T, T, T, LK<GMMA::Layout_K_SW128_Atom<T>, 64>, LK<GMMA::Layout_K_SW128_Atom<T>, 64>, 64>(A, B, C); }
extern "C" __global__ void bfloat(BF const* A, BF const* B, float* C) { product_of<SM90_64x64x16_F32BF16BF16_SS<GMMA::Major::K, GMMA::Major::K>, BF, BF, float, LK<GMMA::Layout_K_SW64_Atom<BF>, 64>, LK<GMMA::Layout_K_SW128_Atom<BF>, 64>, 64>(A, B, C); }
extern "C" __global__ void tf32(T32 const* A, T32 const* B, float* C) { product_of<SM90_64x64x8_F32TF32TF32_SS_TN<>, T32, T32, float, LK<GMMA::Layout_K_SW128_Atom<T32>, 64>, LK<GMMA::Layout_K_SW128_Atom<T32>, 64>, 64>(A, B, C); }
extern "C" __global__ void fp8(F8 const* A, F8 const* B, float* C) { product_of<SM90_64x64x32_F32E4M3E4M3_SS_TN<>, F8, F8, float, LK<GMMA::Layout_K_SW64_Atom<F8>, 64>, LK<GMMA::Layout_K_SW64_Atom<F8>, 64>, 64>(A, B, C); }
extern "C" __global__ void bytes(int8_t const* A, int8_t const* B, int* C) { product_of<SM90_64x64x32_S32S8S8_SS_TN, int8_t, int8_t, int, LK<GMMA::Layout_K_SW64_Atom<int8_t>, 64>, LK<GMMA::Layout_K_SW32_Atom<int8_t>, 64>, 64>(A, B, C); }
extern "C" __global__ void from_registers(T const* A, T const* B, float* C) { product_of<SM90_64x64x16_F32F16F16_RS<GMMA::Major::K, GMMA::Major::K>, T, T, float, LK<GMMA::Layout_K_SW128_Atom<T>, 64>, LK<GMMA::Layout_K_SW128_Atom<T>, 64>, 64>(A, B, C); }
extern "C" __global__ void bytes_registers(int8_t const* A, int8_t const* B, int* C) { product_of<SM90_64x64x32_S32S8S8_RS_TN, int8_t, int8_t, int, LK<GMMA::Layout_K_SW64_Atom<int8_t>, 64>, LK<GMMA::Layout_K_SW32_Atom<int8_t>, 64>, 64>(A, B, C); }
