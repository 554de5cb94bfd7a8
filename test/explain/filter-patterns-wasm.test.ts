process.env['CONVLENS_BACKEND'] = 'wasm';
require('./filter-patterns.test');
