// Proves that everything builds with a second compiler without a warning, and that the unit tests of every floor run
// clean under AddressSanitizer and UndefinedBehaviorSanitizer.
import { build, clang } from '../lib/build.mjs';
import { units } from './unit.mjs';

export async function run(t) {
  const steps = await build(t, clang);
  t.note(`${steps} steps`);
  await units(
    t,
    clang,
    {
      ASAN_OPTIONS: 'detect_leaks=1:abort_on_error=0:allocator_may_return_null=1',
      UBSAN_OPTIONS: 'print_stacktrace=1:halt_on_error=1',
    },
    ['--no-suite', 'crash'],
    [],
  );
}
