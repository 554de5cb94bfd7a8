/**
 * Loaded into every thread of a kernel before anything else (`-r`): collects garbage every second, so that what the
 * resident set grows by is what is held, not what the collector has left for later.
 */
import v8 from 'node:v8';
import vm from 'node:vm';

v8.setFlagsFromString('--expose-gc');
const collect = vm.runInNewContext('gc') as () => void;
setInterval(collect, 1000).unref();
