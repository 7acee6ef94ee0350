// The tests of the folder it runs in, with vitest's own arguments. Where CI is set, up to three files that failed get one second
// try, and a last line says so: real servers and browsers on a shared machine lose a beat now and then. A whole file, as the tests of
// one build on each other. Never the testkit's: they look for lost, doubled and reordered messages, and once is too often.
import { parseCLI, startVitest } from 'vitest/node';

const { filter, options } = parseCLI(['vitest', 'run', ...process.argv.slice(2)]);
const first = await run(filter);
const failed = first.filter((file) => !file.passed);

if (mayTryAgain(failed)) {
  console.log(`\nOnce more:\n${failed.map(({ path }) => `  ${path}\n`).join('')}`);
  process.exitCode = 0;
  const second = await run(failed.map(({ path }) => path));
  const all = [...first.filter((file) => file.passed), ...second];
  const count = (state) => all.reduce((sum, file) => sum + file[state], 0);
  console.log(`${failed.length} of ${first.length} files had a second try`);
  console.log(`${count('passes')} passed, ${count('failures')} failed`);
}

/** Runs the files whose paths contain one of `paths`, all without any, and tells of each. */
async function run(paths) {
  const vitest = await startVitest(paths, options);
  const files = vitest.state.getTestModules().map((module) => {
    const tests = [...module.children.allTests()].map((test) => test.result().state);
    return {
      path: module.moduleId,
      project: module.project.name,
      passed: module.ok(),
      passes: tests.filter((state) => state === 'passed').length,
      failures: Math.max(tests.filter((state) => state === 'failed').length, module.ok() ? 0 : 1),
    };
  });
  await vitest.close();
  return files;
}

/** An error outside of any test leaves no file that failed, and is final. */
function mayTryAgain(files) {
  return (
    process.env.CI &&
    files.length > 0 &&
    files.length <= 3 &&
    first.length > files.length &&
    files.every(({ project }) => project !== 'testkit')
  );
}
