"""Laws: what holds of every result, whatever the model and the tables; stated as properties of `abm.score`."""
