"""The crash matrix: faults drawn at random, and a model beside the server that checks each time."""
