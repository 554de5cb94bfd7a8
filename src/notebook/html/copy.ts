/**
 * The script of a page's code: each block gets a button that copies it. It runs in the browser, so it is text here.
 * Without scripts there is no button that does nothing.
 */
export const COPY = `
for (const code of document.querySelectorAll('pre.code, .prose pre')) {
  const box = document.createElement('div');
  box.className = 'copyable';
  code.replaceWith(box);
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = 'Copy';
  button.setAttribute('aria-label', 'Copy the code');
  box.append(code, button);
  const select = () => {
    const range = document.createRange();
    range.selectNodeContents(code);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
  };
  const bySelection = () => {
    select();
    const done = document.execCommand('copy');
    if (done) getSelection().removeAllRanges();
    return done;
  };
  button.addEventListener('click', async () => {
    let done;
    try {
      await navigator.clipboard.writeText(code.textContent);
      done = true;
    } catch {
      done = bySelection();
    }
    button.textContent = done ? 'Copied' : 'Press Ctrl-C';
    setTimeout(() => (button.textContent = 'Copy'), 2000);
  });
}`;
