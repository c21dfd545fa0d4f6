(* The judge of the modelled collector: a delay line in OCaml. A program that makes a frame, puts it into
   a ring and drops the oldest one, beside other live data and beside garbage, as often as it is told.
     OCAMLRUNPARAM=o=80,M=44 delay MODE BYTES BLOCKS HELD FRAMES LIVE GARBAGE PIECE
   MODE: heap (a frame is BLOCKS arrays of float64, of BYTES each), declared or undeclared (it is BLOCKS
   custom blocks, each of which holds BYTES outside of the heap); GARBAGE: bytes of it with each frame, in
   pieces of PIECE bytes: those of up to 2 KiB are young and live until they are promoted, larger ones are
   of the major heap and are dropped at once. Prints what layer.c prints. *)

external outside : int -> bool -> Obj.t = "delay_outside"
external start : unit -> unit = "delay_start" [@@noalloc]
external look : bool -> unit = "delay_look" [@@noalloc]
external print : bool -> unit = "delay_print"

let argument i = int_of_string Sys.argv.(i)
let mode = Sys.argv.(1)
let bytes = argument 2
let blocks = argument 3
let held = argument 4
let frames = argument 5
let live = argument 6
let garbage = argument 7
let piece = argument 8

(* 64 B with its header, as the layer's, and a link to the one before; nothing else is allocated for it. *)
type node = { before : Obj.t; b : int; c : int; d : int; e : int; f : int; g : int }

let rec chain n before =
  if n = 0 then before
  else chain (n - 1) (Obj.repr { before; b = n; c = n; d = n; e = n; f = n; g = n })

let block () =
  match mode with
  | "heap" -> Obj.repr (Array.make (bytes / 8) 0.0)
  | "declared" -> outside bytes true
  | _ -> outside bytes false

let young_max = 2048

(* What is to be promoted has to outlive a minor collection: it waits here until the ring has come
   around, after 4 MiB of it, two minor heaps. *)
let ring =
  Array.make (if garbage = 0 then 1 else 1 + (4 * 1024 * 1024 / garbage)) (Obj.repr 0)

let drop_garbage frame =
  let count = garbage / piece in
  if piece > young_max then
    for _ = 1 to count do ignore (Sys.opaque_identity (Array.make ((piece / 8) - 1) 0.0)) done
  else if count > 0 then ring.(frame mod Array.length ring) <- chain count (Obj.repr 0)

(* What any program does: some small allocations a frame, dead at once. Each of them lets the
   runtime do what it was asked for. *)
let work () = for i = 1 to 10 do ignore (Sys.opaque_identity (ref i)) done

(* Made with a high overhead, and collected then: what making the data owes to the collector is none of the
   delay line's. With o = 20 the runtime works it off for tens of cycles, and full_major does not clear
   it. *)
let make_data () =
  let control = Gc.get () in
  Gc.set { control with Gc.space_overhead = 1000 };
  let data = chain (live / 64) (Obj.repr 0) in
  Gc.full_major ();
  Gc.set control;
  data

let () =
  start ();
  let data = make_data () in
  let queue = Array.make held [||] in
  for frame = 0 to frames - 1 do
    queue.(frame mod held) <- Array.init blocks (fun _ -> block ());
    drop_garbage frame;
    work ();
    look (frame + 1 >= held);
    queue.((frame + 1) mod held) <- [||]
  done;
  ignore (Sys.opaque_identity data);
  print (mode = "heap")
