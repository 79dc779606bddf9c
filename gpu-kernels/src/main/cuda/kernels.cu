// All kernels, one translation unit: one PTX file.
#include "tables.cu"
#include "masks.cu"
#include "transforms.cu"
#include "sectors.cu"
#include "proving.cu"
#include "sums.cu"

// Their names, for the emulator.
#define ALL_KERNELS(X)                                                                                            \
    X(first_table)                                                                                                \
    X(grow_2_wide) X(grow_3_wide) X(grow_4_wide) X(grow_5_wide) X(grow_6_wide) X(grow_7_wide)                     \
    X(grow_2_narrow) X(grow_3_narrow) X(grow_4_narrow) X(grow_5_narrow) X(grow_6_narrow) X(grow_7_narrow)                     \
    X(select_s_buckets) X(mask_chunks) X(expand_proof)                                                       \
    X(fill_powers) X(extend_begin) X(extend_middle) X(extend_end)                                                 \
    X(frequency_high) X(frequency_low) X(time_low) X(time_high)                                                   \
    X(count_s_buckets) X(sum_exclusive) X(gather_chunks) X(hash_kibibytes) X(hash_parents)            \
    X(unmask_chunks) X(vanishing_leaves) X(spread) X(multiply_pairs) X(weigh_values) X(halves_on_coset)           \
    X(fold_on_coset) X(divide_on_coset) X(multiply_each) X(divide_by_linear)                                      \
    X(fill_sum_table) X(count_digits) X(place_digits) X(sum_buckets) X(weigh_buckets) X(add_parts)
