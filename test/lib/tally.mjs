// Counts what a part has proved. A part that proved nothing has failed; so has one that could not be run.
const SHOWN = Number(process.env.WUYE_SHOWN ?? 60);

export class Tally {
  constructor(name) {
    this.name = name;
    this.passed = 0;
    this.failed = 0;
    this.notes = [];
  }

  ok(fine, what) {
    if (fine) {
      this.passed++;
      return true;
    }
    this.failed++;
    if (this.failed <= SHOWN) console.log(`  ${this.name}: ${typeof what === 'function' ? what() : what}`);
    else if (this.failed === SHOWN + 1) console.log(`  ${this.name}: more of the same is not shown`);
    return false;
  }

  is(got, want, what) {
    return this.ok(got === want, () => `${what}: is ${show(got)}, not ${show(want)}`);
  }

  // A figure to be printed beside the counts.
  note(text) {
    this.notes.push(text);
  }

  count(passed, failed) {
    this.passed += passed;
    this.failed += failed;
  }
}

function show(x) {
  const text = typeof x === 'string' ? `"${x}"` : String(x);
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
