/*
 * The guest that VirtualisationProbe starts: one sector that a firmware boots, which switches on paging and long mode,
 * executes CPUID 20,000 times (each leaves a hardware guest and comes back) and says so on the first serial port.
 *
 *   as --64 -o boot-sector.o boot-sector.S
 *   ld -m elf_x86_64 -Ttext 0x7c00 --oformat binary -o boot-sector.bin boot-sector.o
 */
    .code16
    .globl _start
_start:
    cli
    xorw %ax, %ax
    movw %ax, %ds
    movw %ax, %es
    movw %ax, %ss
    movw $0x7c00, %sp
    /* page tables at 0x1000 (PML4), 0x2000 (PDPT), 0x3000 (PD): the first 2 MiB, onto themselves */
    movw $0x1000, %di
    movw $0x1800, %cx
    rep stosw
    movl $0x2003, 0x1000
    movl $0x3003, 0x2000
    movl $0x0083, 0x3000
    movl $0x1000, %eax
    movl %eax, %cr3
    movl $0x20, %eax
    movl %eax, %cr4
    movl $0xc0000080, %ecx
    rdmsr
    orl $0x100, %eax
    wrmsr
    lgdtl gdt_pointer
    movl $0x80000001, %eax
    movl %eax, %cr0
    ljmp $8, $long_mode
    .code64
long_mode:
    movw $16, %ax
    movw %ax, %ds
    movw %ax, %es
    movw %ax, %ss
    movl $20000, %ebp
1:  xorl %eax, %eax
    cpuid
    decl %ebp
    jnz 1b
    movl $line, %esi
    movw $0x3f8, %dx
2:  lodsb
    testb %al, %al
    jz 3f
    outb %al, %dx
    jmp 2b
3:  hlt
    jmp 3b
line: .asciz "KILONOVA-PROBE-READY\r\n"
    .balign 8
gdt: .quad 0
    .quad 0x00209a0000000000
    .quad 0x0000920000000000
gdt_pointer: .word 23
    .long gdt
    .org 510
    .word 0xaa55
