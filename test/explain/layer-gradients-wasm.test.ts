process.env['CONVLENS_BACKEND'] = 'wasm';
require('./layer-gradients.test');
