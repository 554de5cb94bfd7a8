import type { PictureSource } from '../explorer-messages';
import { button, element } from './element';

/** How the reader gives a picture: a file chosen, dropped or pasted, or a photo. Each needs an action of the reader's. */
export interface Sources {
  root: HTMLElement;
  /** Lets the reader choose a file. */
  choose(): void;
}

const isPicture = (file: File) => file.type.startsWith('image/') || /\.(tiff?|bmp)$/i.test(file.name);

async function sourceOf(file: File): Promise<PictureSource> {
  return { name: file.name || 'the picture', bytes: new Uint8Array(await file.arrayBuffer()) };
}

/**
 * @param take receives each picture
 * @param complain says what cannot be done
 */
export function sources(take: (source: PictureSource) => void, complain: (words: string) => void): Sources {
  const give = async (files: Iterable<File> | undefined) => {
    const all = [...(files ?? [])];
    const picture = all.find(isPicture);
    if (picture) take(await sourceOf(picture));
    else if (all.length) complain('That is no picture. JPEG, PNG, GIF, WebP, TIFF and BMP work.');
  };
  const input = element('input', {
    type: 'file',
    accept: 'image/*,.tif,.tiff,.bmp',
    class: 'unseen',
    tabIndex: -1,
    'aria-label': 'Choose a picture',
    change: () => void give(input.files ?? undefined).then(() => (input.value = '')),
  });
  document.addEventListener('paste', (event) => {
    const files = event.clipboardData?.files;
    if (files?.length) {
      event.preventDefault();
      void give(files);
    }
  });
  document.addEventListener('dragover', (event) => {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    document.body.classList.add('dropping');
  });
  document.addEventListener('dragleave', (event) => {
    if (!event.relatedTarget) document.body.classList.remove('dropping');
  });
  document.addEventListener('drop', (event) => {
    document.body.classList.remove('dropping');
    if (!event.dataTransfer?.files.length) return;
    event.preventDefault();
    void give(event.dataTransfer.files);
  });
  const choose = button('Choose a picture', () => input.click(), { class: 'primary' });
  const camera = 'mediaDevices' in navigator ? button('Webcam', () => void photo(take, complain)) : undefined;
  return { root: element('span', { class: 'sources' }, choose, input, camera), choose: () => input.click() };
}

/** Takes one photo. The camera runs only while its window is open. */
async function photo(
  take: (source: PictureSource) => void,
  complain: (words: string) => void,
): Promise<void> {
  let stream: MediaStream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
  } catch (error) {
    const why = (error as Error).name === 'NotAllowedError' ? 'it was not allowed' : (error as Error).message;
    return complain(`The webcam cannot be used: ${why}.`);
  }
  const video = element('video', { autoplay: true, muted: true, playsInline: true, srcObject: stream });
  const shoot = () => {
    const canvas = element('canvas', { width: video.videoWidth, height: video.videoHeight });
    const context = canvas.getContext('2d')!;
    context.drawImage(video, 0, 0);
    const { width, height, data } = context.getImageData(0, 0, canvas.width, canvas.height);
    take({ width, height, channels: 4, data: new Uint8Array(data.buffer) });
    dialog.close();
  };
  const dialog: HTMLDialogElement = element(
    'dialog',
    {
      class: 'camera',
      'aria-label': 'Webcam',
      close: () => {
        for (const track of stream.getTracks()) track.stop();
        dialog.remove();
      },
    },
    video,
    element('p', {}, 'The photo stays in this page.'),
    element(
      'div',
      { class: 'row' },
      button('Take the photo', shoot, { class: 'primary' }),
      button('Cancel', () => dialog.close()),
    ),
  );
  document.body.append(dialog);
  dialog.showModal();
}
