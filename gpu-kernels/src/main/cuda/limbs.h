// Arithmetic with a carry flag on 32-bit limbs: one PTX instruction each, or two that the assembler fuses into one
// IMAD.WIDE with carry. On the host the flag is a variable, so that the order of the instructions, which is the whole
// difficulty of multiplication, is executed in tests as it is on a device.
#pragma once
#include "platform.h"

#if defined(EMULATOR)
struct Carry {
    u32 flag = 0;
};
#define CARRY_DECLARE(name) Carry name
DEVICE u32 limb_sum(Carry& c, u64 sum) {
    c.flag = static_cast<u32>(sum >> 32);
    return static_cast<u32>(sum);
}
DEVICE u32 add_cc(Carry& c, u32 a, u32 b) {
    return limb_sum(c, static_cast<u64>(a) + b);
}
DEVICE u32 addc_cc(Carry& c, u32 a, u32 b) {
    return limb_sum(c, static_cast<u64>(a) + b + c.flag);
}
DEVICE u32 addc(Carry& c, u32 a, u32 b) {
    return a + b + c.flag;
}
DEVICE u32 limb_difference(Carry& c, u64 difference) {
    c.flag = static_cast<u32>(difference >> 63);
    return static_cast<u32>(difference);
}
DEVICE u32 sub_cc(Carry& c, u32 a, u32 b) {
    return limb_difference(c, static_cast<u64>(a) - b);
}
DEVICE u32 subc_cc(Carry& c, u32 a, u32 b) {
    return limb_difference(c, static_cast<u64>(a) - b - c.flag);
}
DEVICE u32 subc(Carry& c, u32 a, u32 b) {
    return a - b - c.flag;
}
// (high, low) += a · b, each with the carry of the one before.
DEVICE void mad_wide_cc(Carry& c, u32& low, u32& high, u32 a, u32 b) {
    u64 product = static_cast<u64>(a) * b;
    low = limb_sum(c, static_cast<u64>(low) + static_cast<u32>(product));
    high = limb_sum(c, static_cast<u64>(high) + (product >> 32) + c.flag);
}
// (high, low) = a · b + (high_in, low_in) + carry.
DEVICE void madc_wide_cc(Carry& c, u32& low, u32& high, u32 a, u32 b, u32 low_in, u32 high_in) {
    u64 product = static_cast<u64>(a) * b;
    low = limb_sum(c, static_cast<u64>(low_in) + static_cast<u32>(product) + c.flag);
    high = limb_sum(c, static_cast<u64>(high_in) + (product >> 32) + c.flag);
}
// The same where nothing is carried out.
DEVICE void madc_wide(Carry& c, u32& low, u32& high, u32 a, u32 b) {
    u64 product = static_cast<u64>(a) * b;
    low = limb_sum(c, (product & 0xFFFFFFFF) + c.flag);
    high = static_cast<u32>((product >> 32) + c.flag);
}
#else
struct Carry {};
#define CARRY_DECLARE(name) Carry name
#define CARRY_OPERATION(name, instruction)                                          \
    DEVICE u32 name(Carry&, u32 a, u32 b) {                                         \
        u32 result;                                                                 \
        asm volatile(instruction " %0, %1, %2;" : "=r"(result) : "r"(a), "r"(b)); \
        return result;                                                              \
    }
CARRY_OPERATION(add_cc, "add.cc.u32")
CARRY_OPERATION(addc_cc, "addc.cc.u32")
CARRY_OPERATION(addc, "addc.u32")
CARRY_OPERATION(sub_cc, "sub.cc.u32")
CARRY_OPERATION(subc_cc, "subc.cc.u32")
CARRY_OPERATION(subc, "subc.u32")
DEVICE void mad_wide_cc(Carry&, u32& low, u32& high, u32 a, u32 b) {
    asm volatile("mad.lo.cc.u32 %0, %2, %3, %0;\n\tmadc.hi.cc.u32 %1, %2, %3, %1;"
                 : "+r"(low), "+r"(high)
                 : "r"(a), "r"(b));
}
DEVICE void madc_wide_cc(Carry&, u32& low, u32& high, u32 a, u32 b, u32 low_in, u32 high_in) {
    u32 l;
    u32 h;
    asm volatile("madc.lo.cc.u32 %0, %2, %3, %4;\n\tmadc.hi.cc.u32 %1, %2, %3, %5;"
                 : "=&r"(l), "=r"(h)
                 : "r"(a), "r"(b), "r"(low_in), "r"(high_in));
    low = l;
    high = h;
}
DEVICE void madc_wide(Carry&, u32& low, u32& high, u32 a, u32 b) {
    u32 l;
    u32 h;
    asm volatile("madc.lo.cc.u32 %0, %2, %3, 0;\n\tmadc.hi.u32 %1, %2, %3, 0;" : "=&r"(l), "=r"(h) : "r"(a), "r"(b));
    low = l;
    high = h;
}
#endif
