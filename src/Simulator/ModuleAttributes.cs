// Stack buffers here are written before they are read; clearing them cost more than the work (a load's is 2 KiB).
[module: System.Runtime.CompilerServices.SkipLocalsInit]
